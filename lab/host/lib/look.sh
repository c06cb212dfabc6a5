# shellcheck shell=bash
# Looking at the lab: status, env, snapshot; and the traffic on client.

state_of() {
	if is_running "$1"; then
		answers_ssh "$1" && echo running || echo starting
	elif [[ -e $LAB/hosts/$1/provisioned ]]; then
		echo off
	else
		echo absent
	fi
}

# The bridge table's rules as "old new" pairs; a cut is two rules, one of them is enough to see it.
cuts() {
	{ nft list table bridge godwit_lab 2>/dev/null || true; } | sed -n \
		-e 's/.*iifname "godwit-\([a-z0-9]*\)" oifname "godwit-\([a-z0-9]*\)" drop.*/\1 \2/p' \
		-e 's/.*iifname "godwit-\([a-z0-9]*\)" drop.*/\1 godwit/p' |
		awk '!seen[$2 " " $1]++ { seen[$1 " " $2]++; print }'
}

lab_status() {
	local host SITE=- ROWS=- json=no separator=''
	[[ ${1:-} != --json ]] || json=yes
	# shellcheck disable=SC1091
	[[ ! -s $LAB/lab.conf ]] || source "$LAB/lab.conf"
	if [[ $json == yes ]]; then
		printf '{"site":%s,"rows":"%s","home":"%s","hosts":[' "$([[ $SITE == yes ]] && echo true || echo false)" "$ROWS" "$LAB"
		for host in "${HOSTS[@]}"; do
			printf '%s{"name":"%s","address":"%s","state":"%s","pid":%s}' "$separator" "$host" "${ADDRESS[$host]}" "$(state_of "$host")" "$(pid_of "$host" || echo null)"
			separator=,
		done
		printf '],"cuts":[%s]}\n' "$(cuts | sed 's/\(.*\) \(.*\)/["\1","\2"]/' | paste -sd,)"
		return
	fi
	printf 'site: %s, rows: %s, state: %s\n' "$SITE" "$ROWS" "$LAB"
	printf '%-8s %-12s %-9s %s\n' HOST ADDRESS STATE PID
	for host in "${HOSTS[@]}"; do
		printf '%-8s %-12s %-9s %s\n' "$host" "${ADDRESS[$host]}" "$(state_of "$host")" "$(pid_of "$host" || echo -)"
	done
	cuts | sed 's/^/cut: /'
}

fingerprint_of() { ssh-keygen -lf "$LAB/keys/hosts/$1.pub" | cut -d' ' -f2; }

lab_env() {
	need_lab
	local host name separator='' json=no
	[[ ${1:-} != --json ]] || json=yes
	local -a pairs=(
		LAB_HOME "$LAB"
		SERVICE "$SERVICE"
		ZONE "$ZONE"
		SSH_USER root
		SSH_KEY "$LAB/keys/operator"
		SSH_KNOWN_HOSTS "$LAB/keys/known_hosts"
		TSIG_NAME "$TSIG_NAME"
		TSIG_ALGORITHM "$TSIG_ALGORITHM"
		TSIG_SECRET_FILE "$LAB/keys/tsig.secret"
		TSIG_KEY_FILE "$LAB/keys/tsig.key"
		CA_CERTIFICATE "$LAB/keys/ca.pem"
	)
	if [[ $SITE == yes ]]; then
		pairs+=(
			DATABASE_ENGINE postgresql
			DATABASE_NAME shop
			DATABASE_USER shop
			DATABASE_PASSWORD_FILE "$(seed_path "$ROWS").password"
			DATABASE_ROWS "$ROWS"
			UPLOADS /srv/shop/uploads
			PROXY_SITE /etc/nginx/sites-enabled/shop
			CERTIFICATE "/etc/letsencrypt/live/$SERVICE"
		)
	fi
	if [[ $json == no ]]; then
		for host in "${HOSTS[@]}"; do
			name=${host^^}
			pairs+=("${name}_ADDRESS" "${ADDRESS[$host]}" "${name}_HOST_KEY" "$(fingerprint_of "$host")")
		done
		printf 'GODWIT_%s=%q\n' "${pairs[@]}"
		return
	fi
	printf '{'
	set -- "${pairs[@]}"
	while (($#)); do
		printf '"%s":"%s",' "$(camel "$1")" "$2"
		shift 2
	done
	printf '"hosts":{'
	for host in "${HOSTS[@]}"; do
		printf '%s"%s":{"name":"%s.%s","address":"%s","hostKey":"%s"}' "$separator" "$host" "$host" "$ZONE" "${ADDRESS[$host]}" "$(fingerprint_of "$host")"
		separator=,
	done
	printf '},"godwit":{"address":"%s"}}\n' "${ADDRESS[godwit]}"
}

camel() {
	sed -e 's/.*/\L&/' -e 's/_\(.\)/\U\1/g' <<<"$1"
}

# The script comes in over standard input and leaves nothing on the server.
lab_snapshot() {
	local host=${1:-}
	need_lab
	(($# == 0)) || shift
	if [[ $host == dns ]]; then
		snapshot_dns
		return
	fi
	need_host "$host"
	# shellcheck disable=SC2046,SC2029
	ssh $(ssh_options) "root@${ADDRESS[$host]}" bash -s -- "${*@Q}" <"$HERE/snapshot"
}

# Every record of the zone at every name server, without the SOA's serial, which counts updates and nothing else.
snapshot_dns() {
	local host answer
	for host in ns1 ns2; do
		answer=$(on client "dig @${ADDRESS[$host]} $ZONE AXFR +noall +answer +tries=1 +time=5") || answer="; no transfer"
		awk -v host="$host" '$4 == "SOA" { $7 = "*" } NF { $1 = $1; print host "\t" $0 }' <<<"$answer" | LC_ALL=C sort -u
	done
}

lab_traffic() {
	local action=${1:-}
	need_lab
	(($# == 0)) || shift
	case $action in
	start)
		[[ $SITE == yes ]] || fail "$EXIT_STATE" "a lab with the site on it" "one without" "lab down, then lab up --site"
		# shellcheck disable=SC2046
		scp -q $(ssh_options) "$HERE/client/traffic.py" "root@${ADDRESS[client]}:/opt/lab/traffic.py"
		on client "systemctl reset-failed lab-traffic 2>/dev/null; systemd-run --quiet --unit=lab-traffic --property=Restart=no /opt/lab/traffic.py run ${*@Q}" ||
			fail "$EXIT_STATE" "traffic to start" "it did not (above)" "lab traffic status; lab traffic stop"
		;;
	stop) on client 'systemctl stop lab-traffic 2>/dev/null || true' ;;
	status) on client 'systemctl is-active lab-traffic' ;;
	report | verify) on client "/opt/lab/traffic.py $action ${*@Q}" ;;
	*) fail "$EXIT_USAGE" "traffic start, stop, status, report or verify" "'$action'" "lab --help" ;;
	esac
}
