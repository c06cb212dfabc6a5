# shellcheck shell=sh
# Common to the programs beside it, which are called with UNIT PIDFILE SECONDS, parameters of their own, and nginx's
# command.
#
# A new file is staged as a dot file beside the file that it will replace: a rename within one folder is atomic, and
# "include folder/*" never matches a dot file (glob(7)). It is tested before it is live: in a mount namespace of its own
# the staged file lies over the live one, and nginx tests its whole configuration there. So an invalid configuration is
# never on disk where a restart or somebody's reload would find it. Where the kernel allows no namespace (some
# containers), the file is put in place, tested, and the old inode put back if the test fails.
set -eu
unit=$1 pidfile=$2 seconds=$3
shift 3

. ../../host/fail.sh

# whole FILE LENGTH: a connection that breaks looks like the end of the input
whole() {
	[ "$(wc -c <"$1")" -eq "$2" ] || fail 1 'the connection was cut in the middle of a file'
}

# Sets master to the master process's id, or to nothing.
find_master() {
	master=
	[ ! -s "$pidfile" ] || read -r master <"$pidfile" || :
	if [ -z "$master" ] && [ -n "$unit" ]; then
		master=$(systemctl show --property=MainPID --value "$unit" 2>/dev/null || :)
	fi
	title=
	read -r title 2>/dev/null <"/proc/$master/cmdline" || :
	case $title in
	'nginx: master'*) ;;
	*) master= ;;
	esac
}

# workers serving|leaving: the ids of the master's workers that take connections, or that only finish.
workers() {
	for process in /proc/[0-9]*; do
		title=
		read -r title 2>/dev/null <"$process/cmdline" || :
		case $title in
		'nginx: worker process is shutting down'*) state=leaving ;;
		'nginx: worker process'*) state=serving ;;
		*) continue ;;
		esac
		[ "$state" = "$1" ] || continue
		parent=
		read -r _ _ _ parent _ 2>/dev/null <"$process/stat" || :
		[ "$parent" != "$master" ] || printf '%s ' "${process#/proc/}"
	done
}

errors() {
	printf '%s\n' "$1"
	[ -z "$unit" ] || journalctl --no-pager -q -n 5 -o cat -u "$unit" 2>/dev/null || :
}

# valid STAGED LIVE COMMAND…: tests the configuration as it will be; the words of nginx in verdict
valid() {
	staged=$1 live=$2
	shift 2
	kept=${live%/*}/.${live##*/}.godwit-kept
	if [ ! -e "$kept" ] && [ -e "$live" ] && unshare -m true 2>/dev/null; then
		code=0
		# shellcheck disable=SC2016
		verdict=$(unshare -m sh -c 'mount --bind "$1" "$2" || exit 99; shift 2; exec "$@"' sh \
			"$staged" "$live" "$@" -t 2>&1) || code=$?
		if [ "$code" != 99 ]; then
			[ "$code" = 0 ] || return 1
			mv -f -- "$staged" "$live"
			return 0
		fi
	fi
	if [ -e "$live" ] && [ ! -e "$kept" ]; then
		ln -- "$live" "$kept"
	fi
	mv -f -- "$staged" "$live"
	# shellcheck disable=SC2034
	if verdict=$("$@" -t 2>&1); then
		rm -f -- "$kept"
		return 0
	fi
	if [ -e "$kept" ]; then mv -f -- "$kept" "$live"; else rm -f -- "$live"; fi
	return 1
}

# Sets now to seconds since the machine was started.
clock() {
	read -r now _ </proc/uptime
	now=${now%.*}
}

# reload COMMAND…: until every worker that took connections before has left that to a new one
reload() {
	find_master
	[ -n "$master" ] || fail 20 'nginx is not running'
	old=$(workers serving)
	if [ -n "$unit" ] && systemctl is-active --quiet "$unit" 2>/dev/null; then
		said=$(systemctl reload "$unit" 2>&1) || fail 22 "$(errors "$said")"
	else
		said=$("$@" -s reload 2>&1) || fail 22 "$said"
	fi
	clock
	end=$((now + seconds))
	while :; do
		serving=$(workers serving)
		stale=
		for pid in $old; do
			case " $serving " in *" $pid "*) stale="$stale $pid" ;; esac
		done
		if [ -n "$serving" ] && [ -z "$stale" ]; then return 0; fi
		clock
		[ "$now" -le "$end" ] || fail 23 "$(errors "workers of the old configuration still serve:$stale")"
		sleep 0.03
	done
}
