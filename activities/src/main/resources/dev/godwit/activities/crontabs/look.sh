# $1… users
# Prints path and checksum of each, or - for none.
. ./common.sh
for user; do
	id -u -- "$user" >/dev/null 2>&1 || fail 61 "there is no user $user"
	if [ -e "$spool/$user" ]; then
		echo "$spool/$user $(sum "$spool/$user")"
	else
		echo "$spool/$user -"
	fi
done
