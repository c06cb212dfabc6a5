# shellcheck shell=sh
# UNIT PIDFILE SECONDS SITE LIVE LINK MODE LENGTH MADE COMMAND…: installs a new site's file (standard input, in base64)
# at LIVE and, if LINK is not empty, a link with this text at SITE; removes both if nginx refuses them. A file or link
# that is there already stays. The paths of what it makes are lines of the file MADE, from before they are there.
. ./nginx.sh
site=$1 live=$2 link=$3 mode=$4 length=$5 made=$6
shift 6
making() {
	printf '%s\n' "$1" >>"$made"
	sync -- "$made"
}
unmade() {
	rm -f -- "$1"
	grep -vxF -e "$1" -- "$made" >"$made.new" || :
	mv -f -- "$made.new" "$made"
}
staged=${live%/*}/.${live##*/}.godwit
made_live='' made_link=''
trap 'rm -f -- "$staged"' EXIT
trap 'exit 1' HUP INT TERM
find_master
[ -n "$master" ] || fail 20 'nginx is not running'
umask 022
mkdir -p -- "${live%/*}" "${site%/*}"
if [ ! -e "$live" ]; then
	base64 -d >"$staged"
	whole "$staged" "$length"
	chmod -- "$mode" "$staged"
	sync -- "$staged"
	making "$live"
	mv -f -- "$staged" "$live"
	made_live=yes
fi
if [ -n "$link" ] && [ ! -L "$site" ]; then
	making "$site"
	ln -s -- "$link" "$site"
	made_link=yes
fi
if ! verdict=$("$@" -t 2>&1); then
	[ -z "$made_link" ] || unmade "$site"
	[ -z "$made_live" ] || unmade "$live"
	fail 21 "$verdict"
fi
reload "$@"
