# A job on the source. $1 the folder; the file exclude holds rules closed by NUL. Prints files and bytes.
set -eu
LC_ALL=C; export LC_ALL
code=0
rsync -n -aH --stats --no-human-readable --from0 --exclude-from=exclude "$1/" ./none/ > stats || code=$?
case $code in 0|23|24) ;; *) exit "$code" ;; esac
sed -n -e 's/^Number of files: \([0-9]*\).*/files \1/p' -e 's/^Total file size: \([0-9]*\).*/bytes \1/p' stats
