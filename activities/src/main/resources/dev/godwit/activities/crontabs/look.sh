# $1 state folder  $2… users
# Prints path and checksum of each, or - for none.
. ./common.sh
state=$1
shift
mkdir -p -- "$state"
for user; do
	id -u -- "$user" >/dev/null 2>&1 || fail 61 "there is no user $user"
	if [ -e "$spool/$user" ]; then
		sum=$(sum "$spool/$user")
		cp -p -- "$spool/$user" "$state/$user.new"
		sync -- "$state/$user.new"
		mv -f -- "$state/$user.new" "$state/$user.$sum"
		echo "$spool/$user $sum"
	else
		echo "$spool/$user -"
	fi
done
