# $1 state folder  $2 limit in seconds  $3… users
# Prints the users whose crontabs it took, then empty lines while jobs that cron has started go on.
. ./common.sh
. ./jobs.sh
state=$1 limit=$2
shift 2
mkdir -p -- "$state"
for user; do
	: >"$state/$user.changed"
	[ -e "$spool/$user" ] || continue
	# In this order: on the source there is never a list without what was taken.
	cp -p -- "$spool/$user" "$state/$user.new"
	mv -f -- "$state/$user.new" "$state/$user.taken"
	crontab -u "$user" -l >"$state/$user.new"
	mv -f -- "$state/$user.new" "$state/$user.list"
	sync -- "$state/$user.list" "$state/$user.taken" "$state"
	crontab -u "$user" -r
	[ ! -e "$spool/$user" ] || exit 62
	echo "$user"
done
await_jobs "$@"
