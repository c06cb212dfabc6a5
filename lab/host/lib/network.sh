# shellcheck shell=bash
# The lab's network: a bridge in the root namespace, one network namespace and one veth pair per server, and ways to break it.
# All names start with "godwit", so that they cannot meet the user's own.

netns_of() { echo "godwit-$1"; }

# There is one such network on a machine; its alias says whose it is. One whose lab's state is gone is nobody's.
other_owner() {
	local owner
	owner=$(ip link show dev "$BRIDGE" 2>/dev/null | sed -n 's/^ *alias //p')
	[[ -n $owner && $owner != "$LAB" && -s $owner/lab.conf ]] && echo "$owner"
}

bridge_up() {
	local owner
	! owner=$(other_owner) || fail "$EXIT_STATE" "no other lab on this machine" "the one under $owner" "GODWIT_LAB_HOME=$owner lab down"
	if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
		if ip -4 route show exact 10.66.0.0/24 | grep -q .; then
			fail "$EXIT_MACHINE" "10.66.0.0/24 to be free for the lab" "$(ip -4 route show exact 10.66.0.0/24)" "remove that route, or run the lab elsewhere"
		fi
		ip link add "$BRIDGE" type bridge forward_delay 0 stp_state 0
	fi
	ip link set "$BRIDGE" alias "$LAB"
	ip address replace "${ADDRESS[godwit]}/24" dev "$BRIDGE"
	ip link set "$BRIDGE" up
}

# A server's network lives as long as its power is on. A namespace kept over a reboot would keep its firewall rules, and its kernel
# would go on answering for a server that is off.
plug_in() {
	local host=$1 name mac
	# shellcheck disable=SC2086
	printf -v mac '%02x:%02x:%02x:%02x' ${ADDRESS[$host]//./ }
	name=$(netns_of "$host")
	pull_out "$host"
	ip netns add "$name"
	# always the same MAC: after a reboot nobody has to wait until what they remember of it is stale
	ip link add "$name" type veth peer name eth0 address "02:00:$mac" netns "$name"
	ip link set "$name" master "$BRIDGE" up
	ip -n "$name" link set lo up
	ip -n "$name" address add "${ADDRESS[$host]}/24" dev eth0
	ip -n "$name" link set eth0 up
}

pull_out() {
	local name
	name=$(netns_of "$1")
	ip link delete "$name" 2>/dev/null || true
	[[ ! -e /run/netns/$name ]] || ip netns delete "$name"
}

network_down() {
	local host
	! other_owner >/dev/null || return 0
	network_heal
	for host in "${HOSTS[@]}"; do
		pull_out "$host"
	done
	ip link delete "$BRIDGE" 2>/dev/null || true
}

# Cuts and losses live on the bridge, in the root namespace, so that nothing of them shows inside the servers.
# Dropping whole frames, ARP too, is what an unplugged cable looks like.
bridge_table() {
	nft -f - <<-NFT
		table bridge godwit_lab {
			chain input { type filter hook input priority 0; }
			chain forward { type filter hook forward priority 0; }
			chain output { type filter hook output priority 0; }
		}
	NFT
}

lab_cut() {
	[[ $# == 2 && $1 != "$2" ]] || fail "$EXIT_USAGE" "two different hosts" "'$*'" "lab cut A B (godwit is this machine)"
	local a=$1 b=$2 end
	for end in "$a" "$b"; do
		[[ $end == godwit ]] || need_host "$end"
	done
	need_lab
	bridge_table
	[[ $a != godwit ]] || { a=$b b=godwit; }
	if [[ $b == godwit ]]; then
		nft add rule bridge godwit_lab input iifname "godwit-$a" drop
		nft add rule bridge godwit_lab output oifname "godwit-$a" drop
	else
		nft add rule bridge godwit_lab forward iifname "godwit-$a" oifname "godwit-$b" drop
		nft add rule bridge godwit_lab forward iifname "godwit-$b" oifname "godwit-$a" drop
	fi
	say "cut: $1 and $2 no longer reach each other (lab heal mends it)"
}

# Every path, one way, gets the delay once: frames leave a server through its eth0, this machine through the bridge.
# A server that boots later boots without the delay.
lab_delay() {
	[[ $# -ge 1 && $# -le 2 && $1 =~ ^[0-9]+$ && ${2:-0} =~ ^[0-9]+(\.[0-9]+)?%?$ ]] ||
		fail "$EXIT_USAGE" "milliseconds, then optionally a loss in per cent" "'$*'" "lab delay 20 0.5%"
	need_lab
	local delay=$1 loss=${2:-0} host
	loss=${loss%\%}
	network_heal_delay
	if [[ $delay != 0 ]]; then
		if ! tc qdisc replace dev "$BRIDGE" root netem delay "${delay}ms" 2>/dev/null; then
			fail "$EXIT_MACHINE" "a kernel with netem (CONFIG_NET_SCH_NETEM), which delays frames" "kernel $(uname -r) without it" "lab delay 0 LOSS% works here: losses are made with nftables"
		fi
		for host in "${HOSTS[@]}"; do
			! is_running "$host" || tc -n "$(netns_of "$host")" qdisc replace dev eth0 root netem delay "${delay}ms"
		done
	fi
	if [[ $loss != 0 ]]; then
		local per_million chain
		per_million=$(awk -v loss="$loss" 'BEGIN { printf "%d", loss * 10000 }')
		bridge_table
		for chain in input forward output; do
			nft add rule bridge godwit_lab "$chain" ether type ip numgen random mod 1000000 '<' "$per_million" drop comment '"loss"'
		done
	fi
	say "every frame is delayed by $delay ms each way, $loss % are lost (lab heal ends it)"
}

network_heal_delay() {
	local host
	tc qdisc delete dev "$BRIDGE" root 2>/dev/null || true
	for host in "${HOSTS[@]}"; do
		tc -n "$(netns_of "$host")" qdisc delete dev eth0 root 2>/dev/null || true
	done
}

network_heal() {
	nft delete table bridge godwit_lab 2>/dev/null || true
	network_heal_delay
}

lab_heal() {
	need_lab
	network_heal
	say "healed: no cuts, no delay, no loss"
}
