# $1… folders, on the target
# Prints for each: absent, empty or full, then free bytes, all inodes, free inodes and mount point of the file system that
# it will be on, each line closed by newline.
. ./state.sh
set -eu
LC_ALL=C; export LC_ALL
for folder in "$@"; do
	state "$folder"
	while ! [ -e "$folder" ]; do folder=${folder%/*}; folder=${folder:-/}; done
	df -B1 --output=avail,itotal,iavail,target -- "$folder" | tail -n 1
done
