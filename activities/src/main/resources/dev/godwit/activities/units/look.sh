# $1 limit in seconds  $2… the units
# One that is going down may be coming up again, in a restart: that is known when it is over.
left=$(($1 * 5))
shift
while [ "$left" -gt 0 ] && systemctl show -p ActiveState --value -- "$@" | grep -qx deactivating; do
	sleep 0.2
	left=$((left - 1))
done
systemctl show -p LoadState -p ActiveState -p UnitFileState -- "$@"
