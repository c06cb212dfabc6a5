# $1 the file  $2 its mode  $3 its length; the content on standard input
# The name of the file beside begins with a dot, because programs that read whole folders (nginx, cron) skip such. The
# length is compared, because a connection that breaks looks like the end of the input.
set -eu
file=$(readlink -f -- "$1")
folder=$(dirname -- "$file")
beside=$(mktemp -- "$folder/.godwit.XXXXXXXX")
trap 'rm -f -- "$beside"' EXIT
cat >"$beside"
[ "$(wc -c <"$beside")" -eq "$3" ] || exit 45
[ ! -e "$file" ] || chown --reference="$file" -- "$beside"
chmod -- "$2" "$beside"
sync -- "$beside"
mv -f -- "$beside" "$file"
trap - EXIT
sync -- "$folder"
