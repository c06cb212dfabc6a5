# A job on the target.
# $1 the folder  $2 the remote shell  $3 the module  $4 letters of ACLs and extended attributes  $5 whether the source is
# live or still; the file exclude holds rules closed by NUL, progress.pl lies beside it.
# Times are compared to the nanosecond: a file that changed twice within a second must not pass for unchanged. Prints
# rsync's progress, one line each.
set -eu
LC_ALL=C; export LC_ALL
sync=
if [ "$5" = still ] && rsync --help | grep -q -e --fsync; then
	sync=--fsync
fi
exec 4>&1
code=$(
	{
		{
			rsync "-aH$4" --numeric-ids --delete --partial --modify-window=-1 --no-human-readable \
				--from0 --exclude-from=exclude --outbuf=L --info=progress2 $sync \
				-e "$2" "$3" "$1/" </dev/null || echo $? >&3
		} | perl progress.pl >&4
	} 3>&1
)
if [ -z "$code" ] || { [ "$code" = 24 ] && [ "$5" = live ]; }; then
	exit 0
fi
exit "$code"
