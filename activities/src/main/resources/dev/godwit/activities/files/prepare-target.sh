# $1 the folder  $2 where Godwit keeps what it knows about it  then mode, uid, gid and path of each missing parent, the
# outermost first
# Refuses a folder that has content and is not this migration's copy, or that another one copies. Prints which of ACLs
# and extended attributes rsync knows.
. ./state.sh
set -eu
LC_ALL=C; export LC_ALL
folder=$1 work=$2
shift 2
if ! command -v rsync >/dev/null; then
	echo tool
	exit 0
fi
if ! [ -f "$work/before" ]; then
	echo unknown
	exit 0
fi
if ! [ -f "$work/started" ]; then
	for other in "${work%/*/*/*}"/*/files/"${work##*/}"/started; do
		[ -e "$other" ] || continue
		echo taken
		printf '%s\n' "${other%/started}"
		exit 0
	done
	if [ "$(state "$folder")" = full ]; then
		echo full
		exit 0
	fi
	: > "$work/started"
fi
while [ $# -ge 4 ]; do
	if ! [ -d "$4" ]; then
		mkdir -- "$4"
		chown -- "$2:$3" "$4"
		chmod -- "$1" "$4"
	fi
	shift 4
done
[ -d "$folder" ] || mkdir -m 700 -- "$folder"
. ./rsync-letters.sh
echo "ready:$letters"
readlink -f -- "$folder"
