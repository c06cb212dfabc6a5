# shellcheck shell=sh
# FILE: a file that is there even if the machine loses its power now; empty, unless it was there. Prints "new" if it was
# not.
set -eu
umask 077
mkdir -p -- "${1%/*}"
[ -e "$1" ] || echo new
: >>"$1"
sync -- "$1" "${1%/*}"
