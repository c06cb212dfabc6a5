# $1 the link's folder  $2 the module  $3 the path
# The path itself is in a symbolic link, so that no character of it can mean something to rsyncd.conf.
set -eu
umask 077
cd "$1"
mkdir -p paths modules
if [ -L "paths/$2" ] && [ -f "modules/$2.conf" ]; then
	exit 0
fi
ln -sfn -- "$3" "paths/$2"
printf '[%s]\npath = %s\n' "$2" "$1/paths/$2" > "modules/.$2.new"
mv -f "modules/.$2.new" "modules/$2.conf"
