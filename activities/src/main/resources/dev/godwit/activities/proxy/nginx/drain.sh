# shellcheck shell=sh
# UNIT PIDFILE SECONDS COMMAND…: waits until the workers that only finish are gone, SECONDS at most, then ends those
# that are left. Prints a dot each second, and at the end "drained" or "cut WORKERS CONNECTIONS".
. ./nginx.sh
find_master
[ -n "$master" ] || { echo drained; exit 0; }
clock
end=$((now + seconds)) said=$now
while :; do
	leaving=$(workers leaving)
	[ -n "$leaving" ] || { echo drained; exit 0; }
	clock
	[ "$now" -le "$end" ] || break
	[ "$now" = "$said" ] || echo .
	said=$now
	sleep 0.03
done
count=0 connections=0
for pid in $leaving; do
	count=$((count + 1))
	for descriptor in /proc/"$pid"/fd/*; do
		case $(readlink "$descriptor" 2>/dev/null || :) in
		socket:*) connections=$((connections + 1)) ;;
		esac
	done
	kill -TERM "$pid" 2>/dev/null || :
done
end=$((now + 5))
while [ -n "$(workers leaving)" ]; do
	clock
	if [ "$now" -gt "$end" ]; then
		for pid in $(workers leaving); do kill -KILL "$pid" 2>/dev/null || :; done
		break
	fi
	sleep 0.03
done
echo "cut $count $connections"
