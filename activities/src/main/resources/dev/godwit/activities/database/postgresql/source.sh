# What the target may ask of the source's database while it copies it: one request in each call, on standard input.
# Godwit writes a line before this one that sets the parameters:
#   $1 peer or password      $2 socket folder or address   $3 port      $4 user       $5 database
#   $6 folder of the tools   $7 password file or ''        $8 name of the sessions
#   $9 bytes from which a table is copied by itself
# Requests carry numbers and a snapshot's name only; every statement is made here.
# shellcheck shell=sh
set -eu
login=$1 bin=$6 smallest=$9
PGHOST=$2 PGPORT=$3 PGUSER=$4 PGDATABASE=$5 PGPASSFILE=$7 PGAPPNAME=$8
# Settings of the session win over those of roles and databases (PostgreSQL manual, chapter 20.1.3). Who waits for a
# lock behind somebody who waits for the snapshot's holder would wait for ever: the lock's time-out ends that.
PGOPTIONS='-c statement_timeout=0 -c lock_timeout=60s -c idle_in_transaction_session_timeout=0 -c row_security=off'
PGOPTIONS="$PGOPTIONS -c search_path= -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3"
PGOPTIONS="$PGOPTIONS -c synchronize_seqscans=off -c log_statement=none"
PATH=$bin:$PATH:/usr/sbin:/sbin
PGCONNECT_TIMEOUT=15
export PGHOST PGPORT PGUSER PGDATABASE PGPASSFILE PGAPPNAME PGOPTIONS PGCONNECT_TIMEOUT PATH
[ -n "$PGPASSFILE" ] || unset PGPASSFILE
unset PGCLIENTENCODING PGSERVICE
cd /

as() {
	if [ "$login" = peer ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

sql() {
	as psql -X -A -t -q -w -F '	' -v ON_ERROR_STOP=1 "$@"
}

refuse() {
	echo "Expected a request of this migration's copy, but found another" >&2
	exit 64
}

number() {
	case $1 in '' | *[!0-9]*) refuse ;; esac
}

snapshot() {
	case $1 in '' | *[!0-9A-F-]*) refuse ;; esac
}

# The snapshot's holder and a large table take as long as they take. Older versions do not know the setting.
[ -z "$(sql -c "SELECT 1 FROM pg_settings WHERE name = 'transaction_timeout'")" ] ||
	PGOPTIONS="$PGOPTIONS -c transaction_timeout=0"

IFS=' ' read -r request first second third || refuse
case $request in
end)
	# What a killed attempt left behind.
	sql -v "name=$PGAPPNAME" <<'SQL'
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :'name' AND pid <> pg_backend_pid()
\g /dev/null
SQL
	;;
hold)
	# The transaction ends when the target's end of standard input is closed, also by the target's death.
	{
		cat <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT 'snapshot', pg_export_snapshot();
-- Ordinary tables of some size, of which nothing is special, are copied one by one; the rest is left to pg_dump.
-- Binary is about a third faster than text. But it carries object identifiers of what is not built in (elements of
-- arrays, columns of rows, reg* types), and those differ on another server: such tables travel as text.
WITH plain AS (
    SELECT c.oid, c.relname, n.nspname, pg_table_size(c.oid) AS bytes
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r'
       AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend x
                        WHERE (x.classid, x.objid) IN (('pg_class'::regclass, c.oid), ('pg_namespace'::regclass, n.oid))
                          AND x.deptype = 'e')),
columns AS (
    SELECT p.oid, a.attnum, a.attname,
           t.typtype = 'e' OR (t.oid < 16384 AND t.typtype IN ('b', 'r', 'm') AND t.typname NOT LIKE 'reg%'
               AND t.typsend <> 0 AND t.typreceive <> 0
               AND (t.typoutput <> 'array_out'::regproc
                    OR e.oid < 16384 AND e.typtype IN ('b', 'r', 'm') AND e.typname NOT LIKE 'reg%'
                       AND e.typsend <> 0 AND e.typreceive <> 0)) AS same
      FROM plain p
      JOIN pg_attribute a ON a.attrelid = p.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     CROSS JOIN LATERAL (
          WITH RECURSIVE base (oid, of) AS (
              SELECT d.oid, d.typbasetype FROM pg_type d WHERE d.oid = a.atttypid
              UNION ALL
              SELECT d.oid, d.typbasetype FROM base b JOIN pg_type d ON d.oid = b.of)
          SELECT b.oid FROM base b WHERE b.of = 0) base
      JOIN pg_type t ON t.oid = base.oid
      LEFT JOIN pg_type e ON e.oid = t.typelem
     WHERE p.bytes >= :smallest),
list AS (
    SELECT p.oid, p.bytes, CASE WHEN bool_and(c.same) THEN 'binary' ELSE 'text' END AS format,
           format('%I.%I', p.nspname, p.relname) AS name,
           string_agg(quote_ident(c.attname), ', ' ORDER BY c.attnum) AS columns
      FROM plain p JOIN columns c ON c.oid = p.oid
     GROUP BY p.oid, p.bytes, p.nspname, p.relname
    -- One line each: a name that would break it goes with the rest.
    HAVING p.nspname || p.relname || string_agg(c.attname, '') !~ '[[:cntrl:]\\]'
     ORDER BY p.bytes DESC
     LIMIT 1000)
SELECT 'table', oid, bytes, format, name, columns FROM list
 UNION ALL
SELECT 'rest', 0, pg_table_size('pg_largeobject')
       + (SELECT coalesce(sum(bytes), 0) FROM plain WHERE oid NOT IN (SELECT oid FROM list)), '-', '-', '-'
 ORDER BY 3 DESC;
-- A table that is emptied or dropped from here on would look empty to a snapshot that is older.
SELECT format('LOCK TABLE ONLY %I.%I IN ACCESS SHARE MODE', n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
   AND pg_table_size(c.oid) >= :smallest
\gexec
SELECT 'ready';
SQL
		cat >/dev/null
		# Not the last command: a shell may turn into that, and then nobody holds the pipe to psql.
		:
	} | sql -v "smallest=$smallest"
	;;
schema)
	snapshot "$first"
	# A subscription would keep the copy from being dropped, and apply on both sides.
	as pg_dump -w -Fc -Z1 --section=pre-data --section=post-data --no-subscriptions --snapshot="$first" --lock-wait-timeout=60s
	;;
table)
	snapshot "$first"
	number "$second"
	case $third in binary | text) ;; *) refuse ;; esac
	{
		echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'
		echo "SET TRANSACTION SNAPSHOT '$first';"
		cat <<'SQL'
-- Data travels as the database has it.
SELECT set_config('client_encoding', current_setting('server_encoding'), true) \g /dev/null
SELECT format('COPY %I.%I (%s) TO STDOUT (FORMAT %s)', n.nspname, c.relname,
              string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), :'format')
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 WHERE c.oid = :oid
 GROUP BY n.nspname, c.relname
\gexec
SQL
	} | sql -v "oid=$second" -v "format=$third"
	;;
rest)
	snapshot "$first"
	set --
	while read -r oid; do
		number "$oid"
		set -- "$@" "$oid"
	done
	patterns=
	if [ $# -gt 0 ]; then
		patterns=$(IFS=, && sql -v "oids=$*" <<'SQL'
SELECT format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""'))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid IN (:oids);
SQL
)
	fi
	set --
	while read -r pattern; do
		[ -z "$pattern" ] || set -- "$@" "--exclude-table-data=$pattern"
	done <<LIST
$patterns
LIST
	as pg_dump -w -Fc -Z0 --section=data --snapshot="$first" --lock-wait-timeout=60s "$@"
	;;
*) refuse ;;
esac
