# shellcheck shell=sh
# UNIT PIDFILE SECONDS LIVE COMMAND…: tests and reloads, because the file is in place but the answers are not what it
# says: an attempt was cut off. The inode that it may have kept beside is put back if nginx refuses the file, and goes
# if not.
. ./nginx.sh
live=$1
shift
kept=${live%/*}/.${live##*/}.godwit-kept
if ! verdict=$("$@" -t 2>&1); then
	[ ! -e "$kept" ] || mv -f -- "$kept" "$live"
	fail 21 "$verdict"
fi
reload "$@"
rm -f -- "$kept"
