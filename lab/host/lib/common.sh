# shellcheck shell=bash disable=SC2034 # the other parts use what is named here
# Names, addresses, places and messages that every part of `lab` shares.

readonly EXIT_USAGE=2     # the call was wrong
readonly EXIT_MACHINE=3   # this machine cannot hold the lab
readonly EXIT_STATE=4     # the lab is not in a state that allows the call
readonly EXIT_TIMEOUT=5   # something did not become ready in time

readonly HOSTS=(old new ns1 ns2 client)
declare -rA ADDRESS=([old]=10.66.0.2 [new]=10.66.0.3 [ns1]=10.66.0.53 [ns2]=10.66.0.54 [client]=10.66.0.9 [godwit]=10.66.0.1)
readonly BRIDGE=godwit0
readonly ZONE=example.org
readonly SERVICE=shop.example.org
readonly TSIG_NAME=godwit.
readonly TSIG_ALGORITHM=hmac-sha256
readonly SHOP_UID=1500

readonly CACHE=${GODWIT_CACHE:-$HOME/.cache/godwit}/lab
readonly LAB=${GODWIT_LAB_HOME:-/var/lib/godwit-lab}

say() { printf 'lab: %s\n' "$*" >&2; }

# shellcheck source=signs.sh
source "$HERE/lib/signs.sh"

# fail CODE EXPECTED FOUND WHAT-TO-DO
fail() {
	printf 'lab: expected %s\n     found    %s\n     do       %s\n' "$2" "$3" "$4" >&2
	exit "$1"
}

# seconds_since START: with START taken from $EPOCHREALTIME
seconds_since() {
	awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }'
}

# until_true SECONDS COMMAND…: asks again and again, never longer than SECONDS (by the clock, not by counting)
until_true() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < deadline)) || return 1
		sleep 0.1
	done
}

is_host() {
	local host
	for host in "${HOSTS[@]}"; do
		[[ $host == "$1" ]] && return 0
	done
	return 1
}

need_host() {
	is_host "${1:-}" || fail "$EXIT_USAGE" "one of: ${HOSTS[*]}" "'${1:-}'" "name a host of the lab"
}

need_root() {
	[[ $EUID == 0 ]] || fail "$EXIT_MACHINE" "to run as root (namespaces, mounts, containers)" "user $(id -un)" "run it with sudo"
}

need_lab() {
	[[ -s $LAB/lab.conf ]] || fail "$EXIT_STATE" "a lab under $LAB" "none" "lab up"
	# Written by this script only: SITE=yes|no ROWS=SMALL|FULL|-
	# shellcheck disable=SC1091
	source "$LAB/lab.conf"
}

# take_lock SECONDS: one command at a time changes the lab; looking needs no lock. The lock lies beside the state, so that `down` can remove the state.
take_lock() {
	mkdir -p "$(dirname "$LAB")"
	exec 9>"$LAB.lock"
	flock --wait "$1" 9 || fail "$EXIT_TIMEOUT" "to be the only command that changes the lab" "another one still running" "wait for it"
}

# What the lab itself needs on this machine; installs what is missing.
need_packages() {
	local package missing=()
	local -A tool=([mmdebstrap]=mmdebstrap [systemd-container]=systemd-nspawn [nftables]=nft [iproute2]=ip
		[openssh-client]=ssh [openssl]=openssl [util-linux]=flock [mount]=mount [python3]=python3)
	PATH=$PATH:/usr/sbin:/sbin
	for package in "${!tool[@]}"; do
		command -v "${tool[$package]}" >/dev/null || missing+=("$package")
	done
	((${#missing[@]})) || return 0
	say "installing ${missing[*]}"
	local log
	log=$(mktemp)
	# shellcheck disable=SC2024
	if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		fail "$EXIT_MACHINE" "apt-get to install: ${missing[*]}" "it failed (above; all of it in $log)" "mend this machine's apt, then try again"
	fi
	rm -f "$log"
}

# prune PATTERN KEEP: what an older base or seeding left in the cache, unless a server still stands on it
prune() {
	local layer
	# shellcheck disable=SC2231
	for layer in "$CACHE"/$1; do
		[[ -d $layer && $layer != "$2" ]] || continue
		if ! grep -qF "$layer" /proc/mounts && ! grep -qsF "$layer" "$LAB"/hosts/*/lower; then
			rm -rf "$layer" "$layer.password"
		fi
	done
}
