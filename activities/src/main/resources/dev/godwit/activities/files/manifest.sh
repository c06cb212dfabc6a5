# A job on either server.
# $1 the folder  $2 where Godwit keeps what it knows about it  $3 prime or verify; the files exclude and manifest.pl
# rsync itself says which entries its rules leave, so that copy and comparison cannot understand a rule differently.
set -eu
umask 077
LC_ALL=C; export LC_ALL
mkdir -p "$2"
if [ "$3" = prime ]; then
	# A page that is mapped and dirty can change again without a new ctime; a clean one cannot.
	sync -f "$1"
fi
if [ -s exclude ]; then
	code=0
	rsync -n -a -8 --out-format=%n --from0 --exclude-from=exclude "$1/" ./none/ > names || code=$?
	case $code in
		0) ;;
		24) [ "$3" = prime ] || exit 24 ;;
		*) exit "$code" ;;
	esac
	set -- "$@" names
fi
exec perl manifest.pl "$@"
