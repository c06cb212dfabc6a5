# $1 and $2 address and port of the other server's sshd, or -; then tool:, unit:, user: and path: with what to look at
# Each line of the answer is a word and values with tabs between. The clock comes first, while little time has passed.
set -u
# tell WORD VALUE…
tell() {
	printf %s "$1"
	shift
	printf '\t%s' "$@"
	echo
}
tell time "$(date +%s%N)"
peer=$1 port=$2
shift 2
tell uid "$(id -u)"
tell machine "$(uname -m)"
if [ -r /etc/os-release ]; then
	# shellcheck source=/dev/null
	(. /etc/os-release; tell os "${ID:-}"; tell release "${PRETTY_NAME:-}")
fi
if [ -d /run/systemd/system ]; then
	tell systemd "$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')"
fi
if command -v dpkg-query >/dev/null; then
	dpkg-query -W -f='${db:Status-Abbrev}package\t${Package}\n' | sed -n 's/^ii  *//p'
elif command -v rpm >/dev/null; then
	rpm -qa --qf 'package\t%{NAME}\n'
fi
. ../host/units.sh
. ../crontabs/spool.sh
for word; do
	name=${word#*:}
	case $word in
		tool:*)
			command -v "$name" >/dev/null || tell missing "$name"
			;;
		unit:*)
			[ -d /run/systemd/system ] || continue
			case $(show "$name" DropInPaths) in
				*/godwit-retired.conf*) load=retired ;;
				*) load=$(show "$name" LoadState) ;;
			esac
			real=$(show "$name" Id)
			[ "$real" != "$name" ] || real=
			triggers=
			for trigger in $(show "$name" TriggeredBy); do
				[ "$(show "$trigger" ActiveState)" != active ] || triggers="$triggers$trigger "
			done
			tell unit "$name" "$load" "$(show "$name" ActiveState)" "$(unit_file "$name")" "$triggers" "$real"
			;;
		user:*)
			user=no crontab=no
			if id -u -- "$name" >/dev/null 2>&1; then user=yes; fi
			if [ -e "$spool/$name" ]; then crontab=yes; fi
			tell user "$name" "$user" "$crontab"
			;;
		path:*)
			while [ ! -e "$name" ]; do name=$(dirname -- "$name"); done
			df -Pk -- "$name" | {
				read -r _
				read -r _ total _ free _ mount
				tell volume "$mount" "$total" "$free"
			}
			;;
	esac
done
if command -v ss >/dev/null; then
	ss -Hltnp | while read -r _ _ _ address _ program; do
		case $address in 127.*|\[::1\]*) continue ;; esac
		program=${program#*\"}
		tell port "${address##*:}" "${program%%\"*}"
	done
fi
for folder in /var/lib/godwit/*/; do
	[ ! -d "$folder" ] || [ "$folder" = /var/lib/godwit/archive/ ] || tell migration "$(basename -- "$folder")"
done
if [ "$peer" != - ] && command -v bash >/dev/null; then
	# shellcheck disable=SC2016
	tell peer "$(timeout 8 bash -c 'exec 3<>"/dev/tcp/$1/$2" && IFS= read -r -t 5 line <&3 &&
		printf %s "${line%?}"' bash "$peer" "$port" 2>/dev/null)"
fi
