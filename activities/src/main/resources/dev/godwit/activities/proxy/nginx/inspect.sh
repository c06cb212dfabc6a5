# shellcheck shell=sh
# UNIT PIDFILE SECONDS PAGE COMMAND…: nginx's version, modules, state, and its own test, in key-value lines.
. ./nginx.sh
page=$1
shift
if ! command -v "$1" >/dev/null; then
	echo missing
	exit 0
fi
echo "built $("$@" -V 2>&1 | tr '\n' ' ')"
find_master
if [ -n "$master" ]; then
	echo running
	for pid in $(workers serving); do
		worker=$(stat -c %U -- "/proc/$pid")
	done
	if [ -n "$page" ] && [ -f "$page" ] && [ -n "${worker:-}" ]; then
		if [ "$worker" = "$(id -un)" ] || runuser -u "$worker" -- test -r "$page" 2>/dev/null; then
			echo page
		else
			echo "unreadable $worker"
		fi
	fi
fi
code=0
said=$("$@" -t 2>&1) || code=$?
echo "test $code $(printf '%s' "$said" | base64 -w 0)"
[ "$code" != 0 ] || echo "dump $("$@" -T 2>/dev/null | base64 -w 0)"
