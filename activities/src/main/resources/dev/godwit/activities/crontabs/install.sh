# $1 state folder  $2… users; the input has the lines of taken.sh
# Refuses to replace a crontab that is not Godwit's own. Prints the users whose crontabs it changed.
. ./common.sh
state=$1
shift
mkdir -p -- "$state"
for user; do
	IFS= read -r line
	[ "$line" != - ] || continue
	id -u -- "$user" >/dev/null 2>&1 || fail 61 "there is no user $user"
	printf %s "${line#.}" | base64 -d >"$state/$user.list"
	wanted=$(sum "$state/$user.list")
	crontab -u "$user" -l >"$state/$user.new" 2>/dev/null || :
	if [ ! -e "$spool/$user" ] || [ "$(sum "$state/$user.new")" != "$wanted" ]; then
		[ ! -e "$spool/$user" ] || fail 65 "$spool/$user"
		: >"$state/$user.changed"
		crontab -u "$user" - <"$state/$user.list"
		crontab -u "$user" -l >"$state/$user.new"
		[ "$(sum "$state/$user.new")" = "$wanted" ] || exit 63
		echo "$user"
	fi
	rm -f -- "$state/$user.new"
done
