# shellcheck shell=sh
# FOLDER PATTERN…: the files that each pattern of an include matches, as lines of the pattern's number and base64.
set -eu
cd -- "$1"
shift
IFS=
number=0
for pattern; do
	# shellcheck disable=SC2231
	for file in $pattern; do
		if [ -f "$file" ]; then echo "$number $(base64 -w 0 <"$file")"; fi
	done
	number=$((number + 1))
done
