# On the target. $1 the folder for what arrives, then the command that prints the archive
# What is in it was readable by root only on its way, and stays so here.
set -eu
umask 077
folder=$1
shift
rm -rf "$folder"
mkdir -p "$folder"
"$@" </dev/null > "$folder.tar"
tar --extract --preserve-permissions --same-owner --directory="$folder" --file="$folder.tar"
rm -f "$folder.tar"
