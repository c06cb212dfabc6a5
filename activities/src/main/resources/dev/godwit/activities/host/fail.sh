# fail CODE WORDS…: ends the script; the words are the reason.
fail() {
	code=$1
	shift
	printf '%s\n' "$*" >&2
	exit "$code"
}
