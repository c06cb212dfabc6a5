# $1 state folder  $2… users
# Prints a line for each: the list in base64 with a dot before, or -.
. ./common.sh
state=$1
shift
for user; do
	if [ -e "$spool/$user" ]; then
		echo "the crontab of $user is still on the source" >&2
		exit 62
	elif [ -e "$state/$user.list" ]; then
		echo ".$(base64 -w 0 <"$state/$user.list")"
	else
		echo -
	fi
done
