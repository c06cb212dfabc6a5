# state FOLDER: prints absent, empty or full
state() {
	if [ -L "$1" ] && ! [ -d "$1" ]; then
		echo full
	elif ! [ -e "$1" ]; then
		echo absent
	elif [ -d "$1" ] && [ -z "$(find "$1/" -mindepth 1 -maxdepth 1 -print -quit)" ]; then
		echo empty
	else
		echo full
	fi
}
