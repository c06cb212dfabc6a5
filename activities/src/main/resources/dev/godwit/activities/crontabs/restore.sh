# $1 state folder  $2 limit in seconds; then user and checksum, or -
# Prints the users whose crontabs it changed, then empty lines while jobs of a crontab that is gone go on: they are not to
# meet those of the other side. The file beside begins with a dot, which cron skips; the renaming changes the folder's time,
# by which cron notices.
. ./common.sh
. ./jobs.sh
state=$1 limit=$2 gone=
shift 2
while [ $# -gt 0 ]; do
	user=$1 found=$2
	shift 2
	[ -e "$state/$user.changed" ] || continue
	# What was taken away is newer than what was looked at, if somebody wrote it in between.
	saved=$state/$user.taken
	if [ ! -e "$saved" ]; then
		saved=
		[ "$found" = - ] || saved=$state/$user.$found
		# On the target, the jobs of what was installed there.
		[ ! -e "$state/$user.list" ] || gone="$gone $user"
	fi
	if [ -n "$saved" ]; then
		if [ ! -e "$spool/$user" ] || ! cmp -s -- "$saved" "$spool/$user"; then
			cp -p -- "$saved" "$spool/.godwit.$user"
			sync -- "$spool/.godwit.$user"
			mv -f -- "$spool/.godwit.$user" "$spool/$user"
			cmp -s -- "$saved" "$spool/$user" || exit 63
			echo "$user"
		fi
	elif [ -e "$state/$user.list" ] && [ -e "$spool/$user" ]; then
		crontab -u "$user" -r
		[ ! -e "$spool/$user" ] || exit 62
		echo "$user"
	fi
done
# Names of users hold no blanks.
# shellcheck disable=SC2086
await_jobs $gone
