set -eu
. ./part/outer.sh
shared
. /etc/os-release
