# $1 limit in seconds; then for each unit
#   its name
#   up, down or keep
#   what becomes of its file: enabled, enabled-runtime, disabled, retired (nothing can start it), free (neither masked nor
#   retired), sysv-disabled (a script of /etc/init.d that is not to run at boot) or keep
#   free, if a mask or a drop-in of Godwit's is to be taken away first, or keep
# Prints a line for each change, and now and then an empty one.
#
# A unit without an [Install] section of its own (static, indirect), or that is made at boot of a script of /etc/init.d
# (generated), cannot be disabled. What keeps it from starting at boot is that it is retired.
# Names of units hold no blanks, and nothing is looked for among files: lists of them are split.
# shellcheck disable=SC2086
set -uf
limit=$1
shift
up='' down='' kept='' triggered='' groups=''
. ../host/units.sh
. ../host/fail.sh
drop_in() { echo "/etc/systemd/system/$1.d/godwit-retired.conf"; }

free() {
	if [ "$(show "$1" LoadState)" = masked ]; then
		systemctl -q unmask -- "$1" || exit
		echo "unmasked $1"
	fi
	if [ -e "$(drop_in "$1")" ]; then
		rm -f -- "$(drop_in "$1")" || exit
		rmdir --ignore-fail-on-non-empty -- "/etc/systemd/system/$1.d"
		systemctl daemon-reload || exit
		echo "freed $1"
	fi
}

# systemd forgets the group of a unit that is down, also one that still has processes: then it is found by its
# name, below slices only, for there are the units of this system and not of a user or a container.
groups() {
	group=$(show "$1" ControlGroup)
	if [ -n "$group" ]; then
		echo "/sys/fs/cgroup$group" "/sys/fs/cgroup/systemd$group"
	else
		find /sys/fs/cgroup /sys/fs/cgroup/systemd -mindepth 1 -type d \
			'(' -name "$(printf %s "$1" | sed 's/\\/&&/g')" -print -prune -o ! -name '*.slice' -prune ')' 2>/dev/null
	fi
}

turn() {
	active=$(show "$1" ActiveState)
	case $2 in
		up)
			kept="$kept $1"
			case $(show "$1" LoadState) in
				not-found) fail 61 "$1 has no unit file" ;;
				masked) fail 62 "$1 is masked" ;;
			esac
			case $active in
				active|reloading) ;;
				activating) up="$up $1" ;;
				*)
					systemctl start --no-block -- "$1" || exit 63
					up="$up $1"
					echo "started $1"
					;;
			esac
			;;
		down)
			groups="$groups $(groups "$1")"
			down="$down $1"
			triggered="$triggered $(show "$1" Triggers)"
			case $active in
				inactive|failed) ;;
				*)
					systemctl stop --no-block -- "$1" || exit 64
					echo "stopped $1"
					;;
			esac
			;;
	esac
}

link() { readlink -- "/etc/systemd/system/$1" || :; }
file() {
	state=$(unit_file "$1")
	case $2:$state in
		enabled:disabled|enabled:enabled-runtime|enabled:linked)
			systemctl -q enable -- "$1" || exit
			echo "enabled $1"
			;;
		enabled-runtime:disabled)
			systemctl -q --runtime enable -- "$1" || exit
			echo "enabled $1"
			;;
		disabled:enabled|disabled:enabled-runtime)
			# A unit file that is itself only linked there would lose that link too.
			linked=$(link "$1")
			systemctl -q disable -- "$1" || exit
			if [ -n "$linked" ] && [ ! -e "/etc/systemd/system/$1" ]; then
				ln -s -- "$linked" "/etc/systemd/system/$1" && systemctl daemon-reload || exit
			fi
			echo "disabled $1"
			;;
		enabled:sysv-disabled)
			if systemctl -q enable -- "$1" 2>/dev/null; then
				echo "enabled $1"
			else
				echo "could not enable $1: see to it that its script in /etc/init.d runs at boot"
			fi
			;;
		sysv-disabled:generated)
			systemctl -q disable -- "$1" 2>/dev/null || exit
			echo "disabled $1"
			;;
	esac
}

# Not before a unit is down: of a unit that is masked while it stops, systemd forgets how.
retire() {
	case $2:$(show "$1" UnitFileState) in
		retired:masked|retired:) return ;;
		retired:*|disabled:static|disabled:indirect|disabled:generated) ;;
		*) return ;;
	esac
	if [ ! -e "/etc/systemd/system/$1" ]; then
		systemctl -q mask -- "$1" || exit
		echo "masked $1"
	elif [ ! -e "$(drop_in "$1")" ]; then
		# A file that is there itself leaves no place for a mask.
		mkdir -p -- "/etc/systemd/system/$1.d" || exit
		cat >"$(drop_in "$1")" <<'RETIRED' || exit
# Written by Godwit: this service moves to another server, or has moved there.
# To start it here again, remove this file and run: systemctl daemon-reload
[Unit]
AssertPathExists=!/
RETIRED
		systemctl daemon-reload || exit
		echo "retired $1"
	fi
}

each() {
	act=$1 which=$2
	shift 2
	while [ $# -gt 0 ]; do
		case $which in
			state) "$act" "$1" "$2" ;;
			file) "$act" "$1" "$3" ;;
			free) [ "$4" = keep ] || "$act" "$1" ;;
		esac
		shift 4
	done
}

each free free "$@"
each turn state "$@"
each file file "$@"

journal() {
	systemctl show -p ActiveState -p SubState -p Result -p ExecMainStatus -- "$1" | tr '\n' ' '
	echo
	journalctl -q --no-pager -o cat -n 10 -u "$1" 2>/dev/null
}
settled_up() {
	case $(show "$1" ActiveState) in
		active|reloading) return 0 ;;
		failed) journal "$1" >&2; exit 63 ;;
		activating)
			# systemd would go on trying; who waits should know soon.
			[ "$(show "$1" SubState)" != auto-restart ] || [ "$(show "$1" NRestarts)" -lt 2 ] ||
				{ journal "$1" >&2; exit 63; }
			return 1
			;;
		inactive)
			[ -z "$(show "$1" Job)" ] || return 1
			# A oneshot service without RemainAfterExit is inactive again when it has succeeded.
			if [ "$(show "$1" Type)" = oneshot ] && [ "$(show "$1" Result)" = success ] &&
				[ "$(show "$1" ConditionResult)" = yes ] && [ "$(show "$1" AssertResult)" = yes ]; then
				return 0
			fi
			# The job may have begun between the two questions.
			case $(show "$1" ActiveState) in inactive) journal "$1" >&2; exit 63 ;; esac
			return 1
			;;
	esac
	return 1
}
# What is itself to run is not waited for.
ended() {
	case " $kept " in *" $1 "*) ;; *) settled_down "$1" ;; esac
}
settled_down() {
	down "$1" && [ -z "$(show "$1" Job)" ]
}
all() {
	settled=$1
	shift
	for unit; do "$settled" "$unit" || return 1; done
}

ticks=0
# What a timer, path or socket has started goes on when that is stopped. It is looked at after it.
until all settled_down $down && all ended $triggered && all settled_up $up; do
	[ "$ticks" -lt $((limit * 10)) ] || {
		if all settled_down $down && all settled_up $up; then
			for unit in $triggered; do ended "$unit" || echo "$unit, $(show "$unit" ActiveState)" >&2; done
			exit 66
		fi
		for unit in $down $up; do journal "$unit" >&2; done
		if [ -n "$up" ]; then exit 63; else exit 64; fi
	}
	if [ "$ticks" -lt 5 ]; then sleep 0.02; else sleep 0.1; fi
	ticks=$((ticks + 1))
	[ $((ticks % 10)) -ne 0 ] || echo
done
if [ -n "$up" ]; then
	# A simple service counts as active before its program has proved to run at all.
	sleep 0.1
	all settled_up $up || { for unit in $up; do journal "$unit" >&2; done; exit 63; }
fi

each retire file "$@"

for group in $groups; do
	[ -d "$group" ] || continue
	left=$(find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null)
	[ -z "$left" ] || { ps -o pid=,comm= -p "$(echo $left | tr ' ' ,)" >&2; exit 65; }
done
