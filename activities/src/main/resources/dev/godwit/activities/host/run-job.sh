# $1 unit  $2 root of the state folders  $3 the job's folder  $4 limit in seconds  then name and size of each file, whose
# contents are the input
# The lock is for the moments in which a job is started, found lost, or removed: an input whose sender is gone must not hold
# it until TCP notices.
set -eu
unit=$1 root=$2 folder=$3 limit=$4
shift 4
[ -d /run/systemd/system ] || exit 46
umask 077
mkdir -p -- "$folder"
exec 9<"$root"
flock 9
mkdir -p -- "$folder"
cd -- "$folder"

. ./units.sh
succeeded() {
	[ -s exit ] && read -r result code status <./exit && [ "$code $status" = "exited 0" ]
}
lost() {
	down "$unit" && [ ! -e exit ]
}

if ! down "$unit"; then
	how=attached
elif succeeded; then
	how='done'
else
	how=started
	# An older build kept the units of jobs that failed.
	systemctl reset-failed -- "$unit" 2>/dev/null || :
	find . -mindepth 1 -delete
	timeout 120 base64 -d | while [ $# -gt 0 ]; do
		dd bs=65536 iflag=fullblock,count_bytes count="$2" of="$1" status=none
		[ "$(stat -c %s -- "$1")" -eq "$2" ] || exit 45
		shift 2
	done
	# Room for the last words of a job that fills the disk.
	fallocate -n -l 65536 err 2>/dev/null || :
	fallocate -n -l 4096 exit.new 2>/dev/null || :
	echo "$unit" >unit
	: >>out
	: >>err
	systemd-run --quiet --collect --unit="$unit" --description="Godwit: $folder" \
		-p KillMode=control-group -p TimeoutStopSec=300 -p RuntimeMaxSec="$limit" \
		-p "ExecStopPost=/bin/sh $folder/ended" -- /bin/sh "$folder/start"
fi
flock -u 9

printf '\035%s\n' "$how"
exec 3<out
[ "$how" = started ] || cat <&3 >/dev/null
ticks=0 pause=0.02
while [ ! -e exit ]; do
	cat <&3
	sleep "$pause"
	ticks=$((ticks + 1))
	[ "$ticks" -lt 24 ] || pause=0.1
	if [ $((ticks % 12)) -eq 0 ]; then
		printf '\036\n'
		if lost; then
			flock 9
			if lost; then break; fi
			flock -u 9
		fi
	fi
done
cat <&3
printf '\036\n'
if [ -s exit ]; then
	read -r result code status <./exit
else
	result=unknown code=lost status=
fi
printf '\035%s %s %s %s\n' "$result" "$code" "${status:--}" "$(stat -f -c %a .)"
tail -c 1048576 out | base64 -w 0
echo
tail -c 32768 err | base64 -w 0
echo
