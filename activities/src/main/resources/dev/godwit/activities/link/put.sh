# put FILE: standard input becomes the file's content, at once, unless it is that already
put() {
	cat >"$1.new"
	if [ -f "$1" ] && cmp -s -- "$1" "$1.new"; then
		rm -f -- "$1.new"
	else
		mv -f -- "$1.new" "$1"
	fi
}
