# Begins each script.
set -eu
umask 077
. ./spool.sh
. ../host/fail.sh
command -v crontab >/dev/null || fail 127 'crontab: not found'
sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
