# $1 the link's folder; the host keys on standard input
set -eu
umask 077
. ./put.sh
cd "$1"
put known_hosts
