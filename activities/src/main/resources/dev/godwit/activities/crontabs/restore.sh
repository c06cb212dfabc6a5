# $1 state folder  $2 limit in seconds  $3… users
# On the source it puts back what was taken, on the target it takes away what was installed. A crontab that is neither as
# the step left it nor as it was before is somebody's, and stays: that is refused when the others are done. Prints the users
# whose crontabs it changed, then empty lines while jobs of a crontab that is gone go on: they are not to meet those of the
# other side. The file beside begins with a dot, which cron skips; the renaming changes the folder's time, by which cron
# notices.
. ./common.sh
. ./jobs.sh
state=$1 limit=$2 gone='' theirs=''
shift 2
for user; do
	[ -e "$state/$user.changed" ] || continue
	if [ -e "$state/$user.taken" ]; then
		saved=$state/$user.taken
		if [ ! -e "$spool/$user" ]; then
			cp -p -- "$saved" "$spool/.godwit.$user"
			sync -- "$spool/.godwit.$user"
			mv -f -- "$spool/.godwit.$user" "$spool/$user"
			cmp -s -- "$saved" "$spool/$user" || exit 63
			echo "$user"
		elif ! cmp -s -- "$saved" "$spool/$user"; then
			theirs="$theirs $spool/$user"
		fi
	elif [ -e "$state/$user.list" ]; then
		gone="$gone $user"
		if [ -e "$spool/$user" ]; then
			crontab -u "$user" -l >"$state/$user.new"
			if cmp -s -- "$state/$user.list" "$state/$user.new"; then
				crontab -u "$user" -r
				[ ! -e "$spool/$user" ] || exit 62
				echo "$user"
			else
				theirs="$theirs $spool/$user"
			fi
		fi
	fi
done
# Names of users hold no blanks.
# shellcheck disable=SC2086
await_jobs $gone
[ -z "$theirs" ] || fail 66 "${theirs# }"
# From here on nothing of it is Godwit's.
for user; do
	rm -f -- "$state/$user.changed"
done
