# $1 limit in seconds  $2… the units
# Prints for each its state and that of its file. One that is going down may be coming up again, in a restart: that is known
# when it is over.
. ../host/units.sh
left=$(($1 * 5))
shift
while [ "$left" -gt 0 ] && systemctl show -p ActiveState --value -- "$@" | grep -qx deactivating; do
	sleep 0.2
	left=$((left - 1))
done
for unit; do
	echo "$(show "$unit" ActiveState) $(unit_file "$unit")"
done
