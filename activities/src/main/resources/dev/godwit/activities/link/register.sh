# $1 the link's folder  $2 the program's name; the program on standard input
set -eu
umask 077
. ./put.sh
mkdir -p "$1/programs"
cd "$1/programs"
put "$2"
