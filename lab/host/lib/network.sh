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
		# a MAC of its own, or it would be one of the cables', and another one with each cable
		ip link add "$BRIDGE" address 02:00:0a:42:00:01 type bridge forward_delay 0 stp_state 0
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

# The cable alone, with all that makes it slow: the server sends and hears nothing any more.
unplug() {
	local part
	for part in godwitv godwitt godwitb godwit; do
		ip link delete "$part-$1" 2>/dev/null || true
	done
}

pull_out() {
	local name
	name=$(netns_of "$1")
	unplug "$1"
	[[ ! -e /run/netns/$name ]] || ip netns delete "$name"
}

network_down() {
	local host
	! other_owner >/dev/null || return 0
	network_heal
	# shellcheck disable=SC2153 # common.sh names them
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

# Every path, one way, gets the delay once: frames leave a server through its eth0, this machine through the bridge. With hosts named,
# only what leaves those is late. A server that boots later boots without the delay.
lab_delay() {
	[[ $# -ge 1 && $1 =~ ^[0-9]+$ && ${2:-0} =~ ^[0-9]+(\.[0-9]+)?%?$ ]] ||
		fail "$EXIT_USAGE" "milliseconds, then optionally a loss in per cent and hosts" "'$*'" "lab delay 20 0.5%"
	need_lab
	local delay=$1 loss=${2:-0} host hosts=() all=yes
	loss=${loss%\%}
	shift
	(($# == 0)) || shift
	if (($#)); then all=no; else set -- "${HOSTS[@]}"; fi
	for host; do
		need_host "$host"
		! is_running "$host" || hosts+=("$host")
	done
	network_heal_delay
	[[ $delay == 0 ]] || delay_by_kernel "$delay" "$all" "${hosts[@]}" || delay_by_forwarder "$delay" "$all" "${hosts[@]}"
	[[ $loss == 0 ]] || lose "$loss" "$all" "${hosts[@]}"
	say "every frame$([[ $all == yes ]] || echo " from ${hosts[*]}") is late by $delay ms, $loss % are lost (lab heal ends it)"
}

# lose PER-CENT ALL HOST…: what is forwarded inside of a delayed cable goes by other names and is not lost twice
lose() {
	local per_million host lost
	per_million=$(awk -v loss="$1" 'BEGIN { printf "%d", loss * 10000 }')
	lost="ether type ip numgen random mod 1000000 < $per_million drop comment \"loss\""
	bridge_table
	if [[ $2 == yes ]]; then
		nft add rule bridge godwit_lab forward iifname '"godwit-*"' "$lost"
		nft add rule bridge godwit_lab input iifname '"godwit-*"' "$lost"
		nft add rule bridge godwit_lab output "$lost"
		return
	fi
	for host in "${@:3}"; do
		nft add rule bridge godwit_lab forward iifname "godwit-$host" "$lost"
		nft add rule bridge godwit_lab input iifname "godwit-$host" "$lost"
	done
}

# delay_by_kernel MS ALL HOST…: by netem, where the kernel has it
delay_by_kernel() {
	local host
	for host in "${@:3}"; do
		tc -n "$(netns_of "$host")" qdisc replace dev eth0 root netem delay "$1ms" 2>/dev/null || return 1
	done
	[[ $2 == no ]] || tc qdisc replace dev "$BRIDGE" root netem delay "$1ms"
}

# delay_by_forwarder MS ALL HOST…: the server's end of the cable gets another name and a bridge of its own; between that bridge and the
# lab's, a program carries each frame from one tap device to the other. Cuts and losses still find the port that they know.
delay_by_forwarder() {
	local host pid also=()
	for host in "${@:3}"; do
		ip link set "godwit-$host" nomaster down
		ip link set "godwit-$host" name "godwitv-$host"
		ip link add "godwitb-$host" type bridge forward_delay 0 stp_state 0
		ip tuntap add dev "godwitt-$host" mode tap
		ip tuntap add dev "godwit-$host" mode tap
		# this machine must not answer for its own address on the server's side of the program: that would be a way around it
		ip link set "godwitb-$host" arp off addrgenmode none
		ip link set "godwitv-$host" master "godwitb-$host" up
		ip link set "godwitt-$host" master "godwitb-$host" up
		ip link set "godwitb-$host" up
		ip link set "godwit-$host" master "$BRIDGE" up
	done
	[[ $2 == no ]] || also=(--from "$(ip -br link show "$BRIDGE" | awk '{ print $3 }')")
	(
		exec 9>&- </dev/null >"$LAB/delay.log" 2>&1
		exec setsid python3 "$HERE/lib/delay.py" "${also[@]}" "$1" "${@:3}"
	) &
	pid=$!
	disown
	echo "$pid" >"$LAB/delay.pid"
	for host in "${@:3}"; do
		until_true 10 carries "godwit-$host" ||
			fail "$EXIT_MACHINE" "a program to carry the frames of $host" "$(tail -n 1 "$LAB/delay.log" || echo nothing)" "lab heal; see that python3 and /dev/net/tun are there"
	done
}

carries() { [[ $(ip link show "$1" 2>/dev/null) == *LOWER_UP* ]]; }

network_heal_delay() {
	local host pid
	tc qdisc delete dev "$BRIDGE" root 2>/dev/null || true
	pid=$(cat "$LAB/delay.pid" 2>/dev/null) || pid=''
	if [[ -n $pid ]] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q "lib/delay.py "; then
		kill -KILL "$pid"
	fi
	rm -f "$LAB/delay.pid" "$LAB/delay.log"
	for host in "${HOSTS[@]}"; do
		tc -n "$(netns_of "$host")" qdisc delete dev eth0 root 2>/dev/null || true
		ip link delete "godwitt-$host" 2>/dev/null || true
		ip link delete "godwitb-$host" 2>/dev/null || true
		ip link show "godwitv-$host" >/dev/null 2>&1 || continue
		ip link delete "godwit-$host" 2>/dev/null || true
		ip link set "godwitv-$host" down
		ip link set "godwitv-$host" name "godwit-$host"
		ip link set "godwit-$host" master "$BRIDGE" up
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
