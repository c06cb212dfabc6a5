# shellcheck shell=sh
# SITE SAVED: the site's file in key-value lines, and the saved original if its path is not empty. Nothing but "missing"
# if there is no site.
set -eu
site=$1 saved=$2
if [ ! -f "$site" ]; then
	echo missing
	exit 0
fi
live=$(readlink -f -- "$site")
echo "live $live"
if [ -L "$site" ]; then echo "link $(readlink -- "$site")"; fi
echo "mode $(stat -c %a -- "$live")"
echo "content $(base64 -w 0 <"$live")"
if [ -n "$saved" ] && [ -f "$saved" ]; then echo "saved $(base64 -w 0 <"$saved")"; fi
