# $1 the state folder  $2 where to archive what was replaced; empty for nowhere
# Prints the latter if there is anything. A unit's name cannot tell migrations apart whose names begin alike; its
# description names the job's folder.
set -eu
jobs=$1/jobs/
if [ -d /run/systemd/system ]; then
	systemctl list-units --all --plain --no-legend 'godwit-*.service' | sed 's/ .*//' |
		while IFS= read -r unit; do
			case $(systemctl show -p Description --value -- "$unit") in
				"Godwit: $jobs"*)
					systemctl stop -- "$unit"
					systemctl reset-failed -- "$unit" 2>/dev/null || :
					;;
			esac
		done
fi
if [ -n "$2" ] && [ -d "$1" ]; then
	umask 077
	cd -- "$1"
	for kept in proxy crontabs certificates/before.*.tar database-*.limit; do
		[ -e "$kept" ] || continue
		mkdir -p -- "$2"
		cp -a --parents -- "$kept" "$2"
	done
	[ ! -d "$2" ] || find "$2" -exec sync -- {} +
	cd /
fi
[ -z "$2" ] || [ ! -d "$2" ] || echo "$2"
rm -rf -- "$1"
rmdir -- "${1%/*}" 2>/dev/null || :
