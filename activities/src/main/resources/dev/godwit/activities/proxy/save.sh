# shellcheck shell=sh
# LIVE FOLDER SHA256: keeps a file, with mode, owner and times, under its checksum.
set -eu
umask 077
mkdir -p -- "$2"
cp --preserve=all -- "$1" "$2/.$3"
found=$(sha256sum <"$2/.$3")
if [ "${found%% *}" != "$3" ]; then
	rm -f -- "$2/.$3"
	echo 'the file was changed while it was read' >&2
	exit 1
fi
mv -f -- "$2/.$3" "$2/$3"
