# $1 the folder  $2 where Godwit keeps what it knows about it; without it nothing is kept or asked
# Prints its real path and whether rsync knows ACLs and extended attributes. A folder without a file system that it was
# on, or had below it, in the first pass is not the one that was copied: where that is mounted with the service, it is
# empty now, and so would the copy be.
set -eu
LC_ALL=C; export LC_ALL
umask 077
if ! command -v rsync >/dev/null; then
	echo tool
	exit 0
fi
if ! [ -d "$1" ]; then
	echo missing
	exit 0
fi
if [ $# -gt 1 ]; then
	mkdir -p "$2"
	{
		stat -L -c %m -- "$1"
		below=$(readlink -f -- "$1")/
		# Blanks and the like are in octal there: proc_pid_mounts(5).
		sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g' /proc/self/mounts | while read -r _ at _; do
			at=$(printf '%b' "$at")
			case $at in "$below"*) printf '%s\n' "$at" ;; esac
		done
	} > "$2/mounts.new"
	if [ -f "$2/mounts" ] && grep -vxFf "$2/mounts.new" "$2/mounts" > "$2/mounts.gone"; then
		echo mounted
		head -n 1 "$2/mounts.gone"
		exit 0
	fi
	[ -f "$2/mounts" ] || mv "$2/mounts.new" "$2/mounts"
fi
. ./rsync-letters.sh
echo "found:$letters"
readlink -f -- "$1"
