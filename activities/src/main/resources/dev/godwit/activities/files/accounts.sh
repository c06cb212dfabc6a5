# On the target; the owners are lines of survey.pl on standard input.
# Prints each with what its name's number is there and whose its number is there, apart by tabs.
set -eu
LC_ALL=C; export LC_ALL
while IFS=' ' read -r kind number name; do
	case $kind in user) file=passwd ;; *) file=group ;; esac
	there=
	[ -z "$name" ] || there=$(getent "$file" "$name" | cut -d : -f 3)
	printf '%s\t%s\t%s\t%s\t%s\n' "$kind" "$number" "$name" "$there" \
		"$(getent "$file" "$number" | cut -d : -f 1)"
done
