# shellcheck shell=bash
# Says every five seconds that something goes on. ./godwit and the lab read this file; each has a say of its own.

# signs WORDS: until signs_end, or until this program is gone, because Ctrl-C does not reach a loop in the background. The loop
# waits without a process of its own, which would outlive it, and holds no lock.
signs() {
	local words=$1 began=$SECONDS
	while read -rt 5 <> <(:) || kill -0 $$ 2>/dev/null; do say "$words goes on, $((SECONDS - began)) s so far"; done 9>&- &
	SIGNS=$!
}

# The loop ends because it is killed: its status says nothing about the work, and one that is gone already is no failure.
signs_end() {
	kill "$SIGNS" 2>/dev/null || true
	wait "$SIGNS" 2>/dev/null || true
}
