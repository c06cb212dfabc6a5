# $1 look, open or close  $2 the address that asks  $3 the port  $4 the comment
# Prints a line for each chain that can drop, that was opened or that was closed.
set -eu
PATH=$PATH:/usr/sbin:/sbin
verb=$1 address=$2 port=$3 comment=$4
case $address in
	*:*) family=ip6 iptables=ip6tables ;;
	*) family=ip iptables=iptables ;;
esac

# The lines that say what can drop in the listing of a ruleset; a chain of iptables' own is left to it.
nft_chains() {
	awk -v family="$family" -v verb="$verb" -v ours="comment \"$comment\"" -v skipped="$1" '
		/^table / { table = $2 " " $3; fits = $2 == "inet" || $2 == family }
		/^\tchain / { chain = table " " $2; input = 0; drops = 0; opened = 0 }
		/^\t\ttype filter hook input / { input = fits && chain != skipped; drops = / policy drop;/ }
		/^\t\t/ && !/^\t\ttype / && /drop|reject|jump|goto|vmap|queue/ { drops = 1 }
		index($0, ours) { opened = 1; if (verb == "close") print chain, "handle", $NF }
		/^\t}/ {
			if (input && drops && (verb == "look" || (verb == "open" && !opened))) print chain
			input = 0
		}'
}

if command -v nft >/dev/null && ruleset=$(nft -a -t list ruleset 2>/dev/null); then
	skipped=
	case $("$iptables-nft" -V 2>/dev/null || "$iptables" -V 2>/dev/null) in
		*nf_tables*) skipped="$family filter INPUT" ;;
	esac
	printf '%s\n' "$ruleset" | nft_chains "$skipped" | while read -r family_of table chain rule; do
		case $verb in
			open)
				nft insert rule "$family_of" "$table" "$chain" "$family" saddr "$address" \
					tcp dport "$port" accept comment "\"$comment\""
				;;
			close)
				# shellcheck disable=SC2086
				nft delete rule "$family_of" "$table" "$chain" $rule
				;;
		esac
		echo "$family_of $table $chain"
	done
fi

set -- "$iptables-nft" "$iptables-legacy"
command -v "$1" >/dev/null || command -v "$2" >/dev/null || set -- "$iptables"
for program; do
	command -v "$program" >/dev/null || continue
	# To list a table of the old kind makes it.
	case $("$program" -V) in
		*nf_tables*) ;;
		*) grep -qsx filter "/proc/net/${family}_tables_names" || continue ;;
	esac
	rules=$("$program" -w 10 -S INPUT 2>/dev/null) || continue
	rule() {
		"$program" -w 10 "$@" -s "$address" -p tcp --dport "$port" -m comment --comment "$comment" -j ACCEPT
	}
	case $verb in
		close)
			while rule -C INPUT 2>/dev/null; do
				rule -D INPUT
				echo "$program INPUT"
			done
			;;
		*)
			printf '%s\n' "$rules" | grep -qv -e '^-P INPUT ACCEPT' -e ' -j ACCEPT$' || continue
			if [ "$verb" = open ]; then
				if rule -C INPUT 2>/dev/null; then continue; fi
				rule -I INPUT
			fi
			echo "$program INPUT"
			;;
	esac
done
