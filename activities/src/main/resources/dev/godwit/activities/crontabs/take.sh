# $1 state folder  $2 limit in seconds  $3… users
# Refuses a crontab that somebody made after an attempt before has taken theirs: what was taken would be lost.
# Prints the users whose crontabs it took, then empty lines while jobs that cron has started go on.
. ./common.sh
. ./jobs.sh
state=$1 limit=$2
shift 2
mkdir -p -- "$state"
for user; do
	: >"$state/$user.changed"
	[ -e "$spool/$user" ] || continue
	[ ! -e "$state/$user.taken" ] || cmp -s -- "$state/$user.taken" "$spool/$user" || fail 66 "$spool/$user"
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
