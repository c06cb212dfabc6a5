# Copies the source's database into an empty one on this server. Everything is read from one snapshot of the source and
# streams through the link between the servers; only the schema rests in a file. It runs in the job's own folder.
#   $1 peer or password      $2 socket folder or address   $3 port      $4 user       $5 database to make and fill
#   $6 folder of the tools   $7 password file here or ''   $8 name of the sessions
# Beside it lie create.sql, which makes the database, and link, which carries a request to the source.
# shellcheck shell=sh
set -eu

say() {
	printf '%s\n' "$*"
}

# The job's folder is for root only.
as() (
	cd /
	if [ "$GODWIT_LOGIN" = peer ]; then runuser -u postgres -- "$@"; else "$@"; fi
)

# What fails must not say what is in a row: messages are kept in histories and shown to many.
sql() {
	as psql -X -A -t -q -w -v ON_ERROR_STOP=1 -v VERBOSITY=terse -v SHOW_CONTEXT=never "$@"
}

restore() {
	restored=0
	as pg_restore -w --exit-on-error -d "$PGDATABASE" "$@" 2>restore.err || restored=$?
	# A value may have lines of its own.
	sed '/^\(DETAIL\|CONTEXT\):/,/^\(pg_restore: \|Command was: \)/{
		/^\(pg_restore: \|Command was: \)/!d
	}' restore.err >&2
	return "$restored"
}

# Some of what comes after the rows: the entries of the list on standard input.
round() {
	sed 's/: / /' >entries
	chmod 644 entries
	restore --section=post-data "$@" -L /dev/fd/3 /dev/stdin 3<entries <schema
}

ask() {
	printf '%s\n' "$1" | sh ./link
}

# One item of the list. Both ends count: a text that stops early is no error to its reader, and the last words of a
# reader reach nobody's pipe. The caller's condition switches errexit off here.
item() {
	tab=$(printf '\t')
	IFS=$tab read -r kind oid _ format name columns <<LINE
$1
LINE
	whole=./whole.$oid written=0
	case $kind in
	table)
		say "copying table $name"
		{ ask "table $GODWIT_SNAPSHOT $oid $format" && : >"$whole"; } |
			sql -c BEGIN -c "TRUNCATE ONLY $name" \
				-c "SET LOCAL client_encoding = '$GODWIT_ENCODING'" \
				-c "COPY $name ($columns) FROM STDIN (FORMAT $format, FREEZE)" -c COMMIT || written=$?
		;;
	rest)
		say 'copying small tables, sequences and large objects'
		{ { echo "rest $GODWIT_SNAPSHOT" && cat tables; } | sh ./link && : >"$whole"; } |
			restore --section=data || written=$?
		;;
	esac
	[ -e "$whole" ] || { echo "Expected all of $name from the source, but its dump did not reach its end" >&2; return 1; }
	return "$written"
}

if [ "$1" = item ]; then
	item "$2" || exit 255
	exit 0
fi

GODWIT_LOGIN=$1 bin=$6
PGHOST=$2 PGPORT=$3 PGUSER=$4 PGDATABASE=$5 PGPASSFILE=$7 PGAPPNAME=$8
workers=$(nproc)
[ "$workers" -ge 2 ] || workers=2
[ "$workers" -le 8 ] || workers=8
memory=65536
while read -r key value _; do
	[ "$key" != MemTotal: ] || memory=$((value / 16 / workers))
done </proc/meminfo
[ "$memory" -ge 65536 ] || memory=65536
[ "$memory" -le 1048576 ] || memory=1048576
# Nobody reads the copy before it is complete: its commits need not wait for the disk. The last one, which gives it its
# name, does, and with it all before it.
PGOPTIONS='-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c row_security=off'
PGOPTIONS="$PGOPTIONS -c search_path= -c datestyle=ISO -c intervalstyle=postgres -c synchronous_commit=off"
PGOPTIONS="$PGOPTIONS -c maintenance_work_mem=${memory}kB -c log_statement=none -c log_min_duration_statement=-1"
PGOPTIONS="$PGOPTIONS -c session_replication_role=origin -c default_transaction_read_only=off"
PATH=$bin:$PATH:/usr/sbin:/sbin
PGCONNECT_TIMEOUT=15
# Labels of messages are told from their texts.
LC_ALL=C
export LC_ALL GODWIT_LOGIN PGHOST PGPORT PGUSER PGDATABASE PGPASSFILE PGAPPNAME PGOPTIONS PGCONNECT_TIMEOUT PATH
if [ -n "$PGPASSFILE" ]; then PGPASSFILE=$PWD/$PGPASSFILE; else unset PGPASSFILE; fi
unset PGCLIENTENCODING PGSERVICE

rm -f asked answered whole.* list tables schema contents entries
ask end
# Older versions do not know the setting.
[ -z "$(sql -d postgres -c "SELECT 1 FROM pg_settings WHERE name = 'transaction_timeout'")" ] ||
	PGOPTIONS="$PGOPTIONS -c transaction_timeout=0"
say 'making the database'
sql -d postgres -f - <create.sql

say 'taking a snapshot'
mkfifo asked answered
{ echo hold && cat asked; } | sh ./link >answered &
exec 8<answered 9>asked
GODWIT_SNAPSHOT='' ready=''
: >list
: >tables
tab=$(printf '\t')
while IFS=$tab read -r kind first second third fourth fifth <&8; do
	case $kind in
	snapshot) GODWIT_SNAPSHOT=$first ;;
	table)
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$kind" "$first" "$second" "$third" "$fourth" "$fifth" >>list
		printf '%s\n' "$first" >>tables
		;;
	rest) printf '%s\t%s\t%s\t-\t-\t-\n' "$kind" "$first" "$second" >>list ;;
	ready) ready=yes && break ;;
	esac
done
[ -n "$ready" ] || { echo 'Expected a snapshot of the source, but its session ended' >&2; exit 1; }
GODWIT_ENCODING=$(sql -c 'SHOW server_encoding')
export GODWIT_SNAPSHOT GODWIT_ENCODING

say 'making the tables'
ask "schema $GODWIT_SNAPSHOT" >schema
restore --section=pre-data <schema
xargs -d '\n' -n 1 -P "$workers" sh "$0" item <list
exec 9>&-
# Godwit looks for this line: from here on every row is there.
say 'building indexes and constraints'
# Opened again through the descriptor: the folder stays closed to others.
chmod 644 schema
attach=': INDEX ATTACH ' build=': \(INDEX\|CONSTRAINT\) '
as pg_restore -l --section=post-data /dev/stdin <schema | sed -n 's/^\([0-9][0-9]*; [0-9]* [0-9]*\) /\1: /p' >contents
if grep -q "$attach" contents; then
	# Of two sessions that attach the two ends of a partitioned index to its middle at the same time, neither sees that the
	# whole is valid now, and it would stay invalid. Keys that refer to the table come after, for they need it valid.
	grep "$build" contents | grep -v "$attach" | round -j "$workers"
	grep "$attach" contents | round
	grep -v "$build" contents | round -j "$workers"
else
	restore --section=post-data -j "$workers" /dev/stdin <schema
fi
say 'gathering statistics'
as vacuumdb -w -q --analyze-only -j "$workers"
say 'copied everything'
