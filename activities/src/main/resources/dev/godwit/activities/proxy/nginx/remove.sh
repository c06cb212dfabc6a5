# shellcheck shell=sh
# UNIT PIDFILE SECONDS PATH… '' COMMAND…: removes files and reloads, also where they are gone: an attempt may have been
# cut off in between.
. ./nginx.sh
while [ -n "$1" ]; do
	rm -f -- "$1"
	shift
done
shift
find_master
[ -n "$master" ] || exit 0
verdict=$("$@" -t 2>&1) || fail 21 "$verdict"
reload "$@"
