# Waits for what cron has started, $limit seconds at most. Such a job is below cron or, where it has left its parents, in
# cron's group; a fork of cron that has no child yet may become one. Of what is left it says no more than a program and its
# script: other arguments may be secret.
left() {
	ps -ww -e -o pid=,ppid=,ruid=,euid=,cgroup:999=,comm= | awk -v "uid=$1" '
		{ parent[$1] = $2; own[$1] = $3 == uid || $4 == uid; grouped[$1] = $5 ~ /[/]cron(d|ie)?[.]service/
			cron[$1] = $6 == "cron" || $6 == "crond"; children[$2]++ }
		END {
			for (pid in own) {
				if (cron[pid]) {
					if (cron[parent[pid]] && !children[pid]) print pid
				} else if (own[pid]) {
					below = grouped[pid]
					for (above = parent[pid]; above > 1 && !below; above = parent[above]) below = cron[above]
					if (below) print pid
				}
			}
		}'
}
# await_jobs USER…: until no job that cron has started for them is left; an empty line now and then
await_jobs() {
	ticks=0
	while :; do
		all=
		for user; do
			! uid=$(id -u -- "$user" 2>/dev/null) || all="$all $(left "$uid")"
		done
		# shellcheck disable=SC2086,SC2116
		all=$(echo $all)
		[ -n "$all" ] || break
		if [ "$ticks" -ge $((limit * 2)) ]; then
			ps -ww -o pid=,user=,args= -p "$(echo "$all" | tr ' ' ,)" |
				awk '{ print $1, $2, $3, ($4 ~ "^/" ? $4 : "") }' >&2
			exit 64
		fi
		echo
		sleep 0.5
		ticks=$((ticks + 1))
	done
}
