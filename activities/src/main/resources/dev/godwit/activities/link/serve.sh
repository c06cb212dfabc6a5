#!/bin/sh
# What the temporary key of a Godwit migration may do here: $1 is what the other side asks for.
set -euf
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
here=${0%/*}
refuse() {
	echo 'godwit: this key does not allow that' >&2
	exit 126
}
case ${1-} in
	'rsync --server --daemon .')
		exec rsync --server --daemon --config="$here/rsyncd.conf" .
		;;
	'godwit-run '*) ;;
	*) refuse ;;
esac
case $1 in
	*[!A-Za-z0-9._\ -]*) refuse ;;
esac
# Splits at spaces; -f keeps it from looking for files, and the line above leaves nothing else to expand.
# shellcheck disable=SC2086
set -- $1
shift
for word in "$@"; do
	case $word in
		[!A-Za-z0-9]*) refuse ;;
	esac
done
if [ $# -lt 1 ] || ! [ -f "$here/programs/$1" ]; then refuse; fi
program=$here/programs/$1
shift
exec sh "$program" "$@"
