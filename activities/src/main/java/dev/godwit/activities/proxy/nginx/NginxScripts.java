package dev.godwit.activities.proxy.nginx;

/**
 * What runs on a server that has nginx. POSIX shell with GNU coreutils; values come as parameters, contents on standard
 * input in base64.
 *
 * <p>A new file is staged as a dot file beside the file that it will replace: a rename within one folder is atomic, and
 * {@code include folder/*} never matches a dot file (glob(7)). It is tested before it is live: in a mount namespace of
 * its own the staged file lies over the live one, and nginx tests its whole configuration there. So an invalid
 * configuration is never on disk where a restart or somebody's reload would find it. Where the kernel allows no
 * namespace (some containers), the file is put in place, tested, and the old inode put back if the test fails.
 */
final class NginxScripts {
    static final int NOT_RUNNING = 20;
    static final int INVALID = 21;
    static final int RELOAD_FAILED = 22;
    static final int NOT_RELOADED = 23;

    /**
     * Called with {@code UNIT PIDFILE SECONDS} and its own parameters; nginx's command follows. It defines {@code valid
     * STAGED LIVE COMMAND…}, {@code reload COMMAND…} and what they need.
     */
    private static final String COMMON = """
            set -eu
            unit=$1 pidfile=$2 seconds=$3
            shift 3

            fail() {
            	code=$1
            	shift
            	printf '%s\\n' "$*" >&2
            	exit "$code"
            }

            # whole FILE LENGTH: a connection that breaks looks like the end of the input
            whole() {
            	[ "$(wc -c <"$1")" -eq "$2" ] || fail 1 'the connection was cut in the middle of a file'
            }

            # Sets master to the master process's id, or to nothing.
            find_master() {
            	master=
            	[ ! -s "$pidfile" ] || read -r master <"$pidfile" || :
            	if [ -z "$master" ] && [ -n "$unit" ]; then
            		master=$(systemctl show --property=MainPID --value "$unit" 2>/dev/null || :)
            	fi
            	title=
            	read -r title 2>/dev/null <"/proc/$master/cmdline" || :
            	case $title in
            	'nginx: master'*) ;;
            	*) master= ;;
            	esac
            }

            # workers serving|leaving: the ids of the master's workers that take connections, or that only finish.
            workers() {
            	for process in /proc/[0-9]*; do
            		title=
            		read -r title 2>/dev/null <"$process/cmdline" || :
            		case $title in
            		'nginx: worker process is shutting down'*) state=leaving ;;
            		'nginx: worker process'*) state=serving ;;
            		*) continue ;;
            		esac
            		[ "$state" = "$1" ] || continue
            		parent=
            		read -r _ _ _ parent _ 2>/dev/null <"$process/stat" || :
            		[ "$parent" != "$master" ] || printf '%s ' "${process#/proc/}"
            	done
            }

            errors() {
            	printf '%s\\n' "$1"
            	[ -z "$unit" ] || journalctl --no-pager -q -n 5 -o cat -u "$unit" 2>/dev/null || :
            }

            # valid STAGED LIVE COMMAND…: tests the configuration as it will be; the words of nginx in verdict
            valid() {
            	staged=$1 live=$2
            	shift 2
            	kept=${live%/*}/.${live##*/}.godwit-kept
            	if [ ! -e "$kept" ] && [ -e "$live" ] && unshare -m true 2>/dev/null; then
            		code=0
            		# shellcheck disable=SC2016
            		verdict=$(unshare -m sh -c 'mount --bind "$1" "$2" || exit 99; shift 2; exec "$@"' sh \\
            			"$staged" "$live" "$@" -t 2>&1) || code=$?
            		if [ "$code" != 99 ]; then
            			[ "$code" = 0 ] || return 1
            			mv -f -- "$staged" "$live"
            			return 0
            		fi
            	fi
            	if [ -e "$live" ] && [ ! -e "$kept" ]; then
            		ln -- "$live" "$kept"
            	fi
            	mv -f -- "$staged" "$live"
            	# shellcheck disable=SC2034
            	if verdict=$("$@" -t 2>&1); then
            		rm -f -- "$kept"
            		return 0
            	fi
            	if [ -e "$kept" ]; then mv -f -- "$kept" "$live"; else rm -f -- "$live"; fi
            	return 1
            }

            # Sets now to seconds since the machine was started.
            clock() {
            	read -r now _ </proc/uptime
            	now=${now%.*}
            }

            # reload COMMAND…: until every worker that took connections before has left that to a new one
            reload() {
            	find_master
            	[ -n "$master" ] || fail 20 'nginx is not running'
            	old=$(workers serving)
            	if [ -n "$unit" ] && systemctl is-active --quiet "$unit" 2>/dev/null; then
            		said=$(systemctl reload "$unit" 2>&1) || fail 22 "$(errors "$said")"
            	else
            		said=$("$@" -s reload 2>&1) || fail 22 "$said"
            	fi
            	clock
            	end=$((now + seconds))
            	while :; do
            		serving=$(workers serving)
            		stale=
            		for pid in $old; do
            			case " $serving " in *" $pid "*) stale="$stale $pid" ;; esac
            		done
            		if [ -n "$serving" ] && [ -z "$stale" ]; then return 0; fi
            		clock
            		[ "$now" -le "$end" ] || fail 23 "$(errors "workers of the old configuration still serve:$stale")"
            		sleep 0.03
            	done
            }
            """;

    /**
     * {@code SITE SAVED}: the site's file in key-value lines, and the saved original if its path is not empty. Nothing
     * but {@code missing} if there is no site.
     */
    static final String READ = """
            set -eu
            site=$1 saved=$2
            if [ ! -f "$site" ]; then
            	echo missing
            	exit 0
            fi
            live=$(readlink -f -- "$site")
            echo "live $live"
            if [ -L "$site" ]; then echo "link $(readlink -- "$site")"; fi
            echo "mode $(stat -c %a -- "$live")"
            echo "content $(base64 -w 0 <"$live")"
            if [ -n "$saved" ] && [ -f "$saved" ]; then echo "saved $(base64 -w 0 <"$saved")"; fi
            """;

    /** {@code LIVE FOLDER SHA256}: keeps a file, with mode, owner and times, under its checksum. */
    static final String SAVE = """
            set -eu
            umask 077
            mkdir -p -- "$2"
            cp --preserve=all -- "$1" "$2/.$3"
            found=$(sha256sum <"$2/.$3")
            if [ "${found%% *}" != "$3" ]; then
            	rm -f -- "$2/.$3"
            	echo 'the file was changed while it was read' >&2
            	exit 1
            fi
            mv -f -- "$2/.$3" "$2/$3"
            """;

    /**
     * {@code FILE}: a file that is there even if the machine loses its power now; empty, unless it was there. Prints
     * {@code new} if it was not.
     */
    static final String MARK = """
            set -eu
            umask 077
            mkdir -p -- "${1%/*}"
            [ -e "$1" ] || echo new
            : >>"$1"
            sync -- "$1" "${1%/*}"
            """;

    /** {@code FILE}: {@code list}, and its lines; nothing if there is none. */
    static final String LIST = """
            set -eu
            [ ! -e "$1" ] || { echo list; cat -- "$1"; }
            """;

    /** {@code FILE}: takes a mark away. */
    static final String UNMARK = """
            set -eu
            rm -f -- "$1"
            sync -- "${1%/*}"
            """;

    /** {@code FOLDER PATTERN…}: the files that each pattern of an include matches, as {@code number base64} lines. */
    static final String INCLUDED = """
            set -eu
            cd -- "$1"
            shift
            IFS=
            number=0
            for pattern; do
            	# shellcheck disable=SC2231
            	for file in $pattern; do
            		if [ -f "$file" ]; then echo "$number $(base64 -w 0 <"$file")"; fi
            	done
            	number=$((number + 1))
            done
            """;

    /**
     * {@code LIVE FROM LENGTH}: puts a file (or standard input where FROM is empty) in the place of LIVE: staged, tested,
     * renamed, reloaded. A file of standard input gets mode and owner of LIVE; another one keeps all that it has.
     */
    static final String REPLACE = COMMON + """
            live=$1 from=$2 length=$3
            shift 3
            staged=${live%/*}/.${live##*/}.godwit
            trap 'rm -f -- "$staged"' EXIT
            trap 'exit 1' HUP INT TERM
            umask 077
            if [ -n "$from" ]; then
            	cp --preserve=all -- "$from" "$staged"
            else
            	cp --preserve=all --attributes-only -- "$live" "$staged"
            	base64 -d >"$staged"
            	whole "$staged" "$length"
            fi
            sync -- "$staged"
            find_master
            [ -n "$master" ] || fail 20 'nginx is not running'
            valid "$staged" "$live" "$@" || fail 21 "$verdict"
            reload "$@"
            """;

    /**
     * {@code LIVE}: tests and reloads, because the file is in place but the answers are not what it says: an attempt was
     * cut off. The inode that it may have kept beside is put back if nginx refuses the file, and goes if not.
     */
    static final String RELOAD = COMMON + """
            live=$1
            shift
            kept=${live%/*}/.${live##*/}.godwit-kept
            if ! verdict=$("$@" -t 2>&1); then
            	[ ! -e "$kept" ] || mv -f -- "$kept" "$live"
            	fail 21 "$verdict"
            fi
            reload "$@"
            rm -f -- "$kept"
            """;

    /**
     * {@code SITE LIVE LINK MODE LENGTH MADE}: installs a new site's file (standard input) at LIVE and, if LINK is not empty,
     * a link with this text at SITE; removes both if nginx refuses them. A file or link that is there already stays. The
     * paths of what it makes are lines of the file MADE, from before they are there.
     */
    static final String INSTALL = COMMON + """
            site=$1 live=$2 link=$3 mode=$4 length=$5 made=$6
            shift 6
            making() {
            	printf '%s\n' "$1" >>"$made"
            	sync -- "$made"
            }
            unmade() {
            	rm -f -- "$1"
            	grep -vxF -e "$1" -- "$made" >"$made.new" || :
            	mv -f -- "$made.new" "$made"
            }
            staged=${live%/*}/.${live##*/}.godwit
            made_live='' made_link=''
            trap 'rm -f -- "$staged"' EXIT
            trap 'exit 1' HUP INT TERM
            find_master
            [ -n "$master" ] || fail 20 'nginx is not running'
            umask 022
            mkdir -p -- "${live%/*}" "${site%/*}"
            if [ ! -e "$live" ]; then
            	base64 -d >"$staged"
            	whole "$staged" "$length"
            	chmod -- "$mode" "$staged"
            	sync -- "$staged"
            	making "$live"
            	mv -f -- "$staged" "$live"
            	made_live=yes
            fi
            if [ -n "$link" ] && [ ! -L "$site" ]; then
            	making "$site"
            	ln -s -- "$link" "$site"
            	made_link=yes
            fi
            if ! verdict=$("$@" -t 2>&1); then
            	[ -z "$made_link" ] || unmade "$site"
            	[ -z "$made_live" ] || unmade "$live"
            	fail 21 "$verdict"
            fi
            reload "$@"
            """;

    /**
     * {@code PATH…}, an empty one, then the command: removes files and reloads, also where they are gone: an attempt may
     * have been cut off in between.
     */
    static final String REMOVE = COMMON + """
            while [ -n "$1" ]; do
            	rm -f -- "$1"
            	shift
            done
            shift
            find_master
            [ -n "$master" ] || exit 0
            verdict=$("$@" -t 2>&1) || fail 21 "$verdict"
            reload "$@"
            """;

    /**
     * Waits until the workers that only finish are gone, {@code SECONDS} at most, then ends those that are left. Prints a
     * dot each second, and at the end {@code drained} or {@code cut WORKERS CONNECTIONS}.
     */
    static final String DRAIN = COMMON + """
            find_master
            [ -n "$master" ] || { echo drained; exit 0; }
            clock
            end=$((now + seconds)) said=$now
            while :; do
            	leaving=$(workers leaving)
            	[ -n "$leaving" ] || { echo drained; exit 0; }
            	clock
            	[ "$now" -le "$end" ] || break
            	[ "$now" = "$said" ] || echo .
            	said=$now
            	sleep 0.03
            done
            count=0 connections=0
            for pid in $leaving; do
            	count=$((count + 1))
            	for descriptor in /proc/"$pid"/fd/*; do
            		case $(readlink "$descriptor" 2>/dev/null || :) in
            		socket:*) connections=$((connections + 1)) ;;
            		esac
            	done
            	kill -TERM "$pid" 2>/dev/null || :
            done
            end=$((now + 5))
            while [ -n "$(workers leaving)" ]; do
            	clock
            	if [ "$now" -gt "$end" ]; then
            		for pid in $(workers leaving); do kill -KILL "$pid" 2>/dev/null || :; done
            		break
            	fi
            	sleep 0.03
            done
            echo "cut $count $connections"
            """;

    /** {@code ADDRESS PORT}: how a TCP connection from here goes: {@code open}, {@code refused}, or the reason. */
    static final String REACH = """
            if ! command -v bash >/dev/null; then
            	echo unknown
            	exit 0
            fi
            # shellcheck disable=SC2016
            said=$(timeout 4 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>&1) && code=0 || code=$?
            case $code:$said in
            0:*) echo open ;;
            124:*) echo 'no answer within 4 s' ;;
            *refused*) echo refused ;;
            *) echo "${said##*: }" ;;
            esac
            """;

    /** {@code PAGE}: nginx's version, modules, state, and its own test, in key-value lines. */
    static final String INSPECT = COMMON + """
            page=$1
            shift
            if ! command -v "$1" >/dev/null; then
            	echo missing
            	exit 0
            fi
            echo "built $("$@" -V 2>&1 | tr '\\n' ' ')"
            find_master
            if [ -n "$master" ]; then
            	echo running
            	for pid in $(workers serving); do
            		worker=$(stat -c %U -- "/proc/$pid")
            	done
            	if [ -n "$page" ] && [ -f "$page" ] && [ -n "${worker:-}" ]; then
            		if [ "$worker" = "$(id -un)" ] || runuser -u "$worker" -- test -r "$page" 2>/dev/null; then
            			echo page
            		else
            			echo "unreadable $worker"
            		fi
            	fi
            fi
            code=0
            said=$("$@" -t 2>&1) || code=$?
            echo "test $code $(printf '%s' "$said" | base64 -w 0)"
            [ "$code" != 0 ] || echo "dump $("$@" -T 2>/dev/null | base64 -w 0)"
            """;

    private NginxScripts() {}
}
