# $1 the folder  $2 where Godwit keeps what it knows about it
# Remembers, once, what was there before the first copy: absent, empty or full, then the parents that are missing, all
# closed by NUL.
. ./state.sh
set -eu
umask 077
if ! [ -f "$2/before" ]; then
	found=$(state "$1")
	if [ "$found" = full ]; then
		printf 'full\0'
		exit 0
	fi
	mkdir -p "$2"
	{
		printf '%s\0' "$found"
		parent=${1%/*}
		while [ "$found" = absent ] && [ -n "$parent" ] && ! [ -e "$parent" ]; do
			printf '%s\0' "$parent"
			parent=${parent%/*}
		done
	} > "$2/before.new"
	if [ -d "$1" ]; then
		rm -rf "$2/root"
		cp -a --attributes-only -T "$1/" "$2/root"
	fi
	mv "$2/before.new" "$2/before"
fi
cat "$2/before"
