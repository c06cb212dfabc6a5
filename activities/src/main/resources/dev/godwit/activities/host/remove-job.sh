# $1 unit  $2 root of the state folders  $3 the job's folder
set -eu
unit=$1 root=$2 folder=$3
[ -d "$root" ] || exit 0
. ./units.sh
exec 9<"$root"
flock 9
if [ -d /run/systemd/system ]; then
	case $(show "$unit" ActiveState) in
		inactive) ;;
		failed) systemctl reset-failed -- "$unit" ;;
		*)
			# One that ends by itself just now is not there to be stopped.
			# What does not go when told to is killed; the note of its end may take as long as the disk needs.
			timeout 10 systemctl stop -- "$unit" || down "$unit" ||
				{ systemctl kill -s KILL -- "$unit" 2>/dev/null || :; systemctl stop -- "$unit" || down "$unit"; }
			systemctl reset-failed -- "$unit" 2>/dev/null || : ;;
	esac
fi
rm -rf -- "$folder"
jobs=$(dirname -- "$folder")
rmdir --ignore-fail-on-non-empty -- "$jobs" "$(dirname -- "$jobs")" 2>/dev/null || :
