# On the target. $1 where Godwit keeps what it knows about the folder, then the command that prints the source's manifest
# Prints the first lines that differ; those of the target begin with a tab.
set -eu
umask 077
LC_ALL=C; export LC_ALL
work=$1
shift
"$@" </dev/null > "$work/manifest.source"
comm -3 "$work/manifest.source" "$work/manifest" | head -n 60
rm -f "$work/manifest.source"
