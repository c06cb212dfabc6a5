# A job on the target. $1 the folder  $2 where Godwit keeps what it knows about it
# Removes what the first copy brought and nothing that was not this migration's.
set -eu
if ! [ -f "$2/before" ]; then
	echo never
	exit 0
fi
before=$(tr '\0' '\n' < "$2/before" | head -n 1)
if [ -f "$2/started" ]; then
	if [ "$before" = empty ]; then
		if [ -d "$1" ]; then
			find "$1/" -xdev -mindepth 1 -delete
		else
			mkdir -m 700 -- "$1"
		fi
		rsync -dogptAX "$2/root/" "$1/" 2>/dev/null || cp -a --attributes-only -T "$2/root/" "$1/"
	else
		rm -rf --one-file-system -- "$1"
		tr '\0' '\n' < "$2/before" | tail -n +2 | while IFS= read -r parent; do
			rmdir -- "$parent" 2>/dev/null || :
		done
	fi
	rm -f "$2/started"
	echo removed
else
	echo untouched
fi
