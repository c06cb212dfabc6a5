# shellcheck shell=sh
# UNIT PIDFILE SECONDS LIVE FROM LENGTH COMMAND…: puts a file (or standard input, in base64, where FROM is empty) in the
# place of LIVE: staged, tested, renamed, reloaded. A file of standard input gets mode and owner of LIVE; another one
# keeps all that it has.
. ./nginx.sh
live=$1 from=$2 length=$3
shift 3
staged=${live%/*}/.${live##*/}.godwit
trap 'rm -f -- "$staged"' EXIT
trap 'exit 1' HUP INT TERM
umask 077
if [ -n "$from" ]; then
	cp --preserve=all -- "$from" "$staged"
else
	cp --preserve=all --attributes-only -- "$live" "$staged"
	base64 -d >"$staged"
	whole "$staged" "$length"
fi
sync -- "$staged"
find_master
[ -n "$master" ] || fail 20 'nginx is not running'
valid "$staged" "$live" "$@" || fail 21 "$verdict"
reload "$@"
