# shellcheck shell=bash
# One server: its disk (an overlay over the base), its boot, its end.

root_of() { echo "$LAB/hosts/$1/root"; }
is_mounted() { mountpoint -q "$(root_of "$1")"; }

# The process that holds a server, if it still is that process: a pid alone may have been given to another one since.
pid_of() {
	local pid
	pid=$(cat "$LAB/hosts/$1/pid" 2>/dev/null) || return 1
	[[ -r /proc/$pid/cmdline ]] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q -- "--machine=godwit-$1 " && echo "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

# PID 1 of the server, as seen from this machine: nspawn's only child.
leader_of() {
	local pid
	pid=$(pid_of "$1") || return 1
	tr -d ' \n' <"/proc/$pid/task/$pid/children"
}

machine_mount() {
	local host=$1 folder=$LAB/hosts/$1 lower
	is_mounted "$host" && return 0
	lower=$(cat "$folder/lower")
	mkdir -p "$folder"/{upper,work,root}
	mount -t overlay "godwit-$host" -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
}

machine_unmount() {
	! is_mounted "$1" || umount "$(root_of "$1")"
}

# A cgroup of its own per server. Without it, servers started from one shell share one cgroup tree where this machine has no systemd:
# old's nginx.service and new's nginx.service would be the same cgroup, and stopping one would wait for the other.
enter_cgroup() {
	local hierarchy name=godwit-$1
	if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
		mkdir -p "/sys/fs/cgroup/$name" && echo "$BASHPID" >"/sys/fs/cgroup/$name/cgroup.procs"
		return
	fi
	for hierarchy in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup/pids /sys/fs/cgroup/memory; do
		[[ -e $hierarchy/cgroup.procs ]] || continue
		mkdir -p "$hierarchy/$name" && echo "$BASHPID" >"$hierarchy/$name/cgroup.procs"
	done
}

# Leaves first: a cgroup goes only when it is empty.
leave_cgroup() {
	local name=godwit-$1 folder
	for folder in /sys/fs/cgroup/"$name" /sys/fs/cgroup/*/"$name"; do
		[[ ! -d $folder ]] || find "$folder" -depth -type d -exec rmdir {} \; 2>/dev/null || true
	done
}

machine_start() {
	local host=$1 folder=$LAB/hosts/$1
	is_running "$host" && return 0
	machine_mount "$host"
	plug_in "$host"
	local nspawn=(systemd-nspawn --quiet --directory="$folder/root" --boot --register=no --keep-unit
		--machine="godwit-$host" --hostname="$host" --network-namespace-path="/run/netns/$(netns_of "$host")"
		--resolv-conf=off --timezone=off --link-journal=no --capability=CAP_NET_ADMIN --console=pipe)
	if [[ -d /run/systemd/system ]]; then
		# systemd owns this machine's cgroup tree: ask it for a delegated piece instead of taking one
		nspawn=(systemd-run --quiet --scope --unit="godwit-lab-$host" --property=Delegate=yes "${nspawn[@]}")
	fi
	(
		exec 9>&- </dev/null >>"$folder/boot.log" 2>&1
		[[ -d /run/systemd/system ]] || enter_cgroup "$host"
		# a session of its own: the server outlives the shell that started it
		exec setsid "${nspawn[@]}"
	) &
	echo $! >"$folder/pid"
	disown
}

ssh_options() {
	echo -n "-F none -i $LAB/keys/operator -o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile=$LAB/keys/known_hosts"
	echo " -o StrictHostKeyChecking=yes -o ConnectTimeout=5 -o ServerAliveInterval=10 -o ServerAliveCountMax=3 -o LogLevel=ERROR"
}

# on HOST COMMAND: runs it there as root, never reading this shell's input
on() {
	local host=$1
	shift
	# shellcheck disable=SC2046
	ssh -n $(ssh_options) "root@${ADDRESS[$host]}" "$@"
}

answers_ssh() {
	# shellcheck disable=SC2046
	ssh -n $(ssh_options) -o ConnectTimeout=1 "root@${ADDRESS[$1]}" true 2>/dev/null
}

machine_ready() {
	local host=$1 state
	if ! until_true 60 answers_ssh "$host"; then
		tail -n 15 "$LAB/hosts/$host/boot.log" >&2
		fail "$EXIT_TIMEOUT" "an ssh login on $host (${ADDRESS[$host]}) within 60 s of its boot" "none (its console is above)" "lab status; does a firewall here drop bridged frames (net.bridge.bridge-nf-call-iptables)?"
	fi
	state=$(on "$host" timeout 60 systemctl is-system-running --wait || true)
	if [[ $state != running ]]; then
		on "$host" systemctl list-units --failed --no-legend >&2 || true
		fail "$EXIT_TIMEOUT" "$host to come up with no failed unit (running)" "${state:-no answer}" "lab ssh $host journalctl -b"
	fi
}

# Clean end: what `poweroff` does, bounded; then the hard one.
machine_stop() {
	local host=$1 pid
	pid=$(pid_of "$host") || return 0
	# SIGTERM to nspawn makes it ask the server's init for an orderly poweroff; needs no network
	kill -TERM "$pid"
	if ! until_true 60 pid_namespace_gone "$pid"; then
		say "$host did not power off within 60 s; pulling the plug"
		machine_kill "$host"
	fi
	machine_clear "$host"
}

# Power loss: no process of the server gets to do anything any more. (What it had written stays: it is this machine's page cache.)
machine_kill() {
	local host=$1 pid leader
	pid=$(pid_of "$host") || return 0
	leader=$(leader_of "$host") || leader=
	# first the cable: the dying kernel of a real server says no goodbye to its peers
	unplug "$host"
	kill -KILL "$pid" 2>/dev/null || true
	# nspawn's death takes its init along; make sure, the whole pid namespace dies with it
	[[ -z $leader ]] || kill -KILL "$leader" 2>/dev/null || true
	until_true 20 pid_namespace_gone "$pid" "$leader" ||
		fail "$EXIT_TIMEOUT" "$host's processes to die within 20 s of SIGKILL" "pid $pid or $leader still there" "look at it with ps"
	machine_clear "$host"
}

# A zombie holds nothing any more; where this machine's init is slow to reap, it may stay for a while.
pid_namespace_gone() {
	local pid
	for pid in "$@"; do
		[[ -z $pid ]] || ! grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$pid/status" 2>/dev/null || return 1
	done
}

machine_clear() {
	pull_out "$1"
	leave_cgroup "$1"
	rm -f "$LAB/hosts/$1/pid"
}

machine_throw_away() {
	machine_kill "$1"
	machine_unmount "$1"
	rm -rf "${LAB:?}/hosts/$1"
}
