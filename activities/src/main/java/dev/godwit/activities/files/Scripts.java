package dev.godwit.activities.files;

/** What runs on the servers. */
final class Scripts {
    /** Sets {@code $letters} to those of rsync's for what it knows of ACLs and extended attributes. */
    private static final String LETTERS = """
            version=$(rsync --version)
            letters=
            case $version in *'no ACLs'*) ;; *) letters=A ;; esac
            case $version in *'no xattrs'*) ;; *) letters=${letters}X ;; esac
            """;

    /** Defines {@code state FOLDER}, which prints {@code absent}, {@code empty} or {@code full}. */
    private static final String STATE = """
            state() {
                if [ -L "$1" ] && ! [ -d "$1" ]; then
                    echo full
                elif ! [ -e "$1" ]; then
                    echo absent
                elif [ -d "$1" ] && [ -z "$(find "$1/" -mindepth 1 -maxdepth 1 -print -quit)" ]; then
                    echo empty
                else
                    echo full
                fi
            }
            """;

    /**
     * {@code $1} the folder, {@code $2} where Godwit keeps what it knows about it; without it nothing is kept or asked.
     * Prints its real path and whether rsync knows ACLs and extended attributes. A folder without a file system
     * that it was on, or had below it, in the first pass is not the one that was copied: where that is mounted with the
     * service, it is empty now, and so would the copy be.
     */
    static final String SOURCE_FOLDER = """
            set -eu
            LC_ALL=C; export LC_ALL
            umask 077
            if ! command -v rsync >/dev/null; then
                echo tool
                exit 0
            fi
            if ! [ -d "$1" ]; then
                echo missing
                exit 0
            fi
            if [ $# -gt 1 ]; then
                mkdir -p "$2"
                {
                    stat -L -c %m -- "$1"
                    below=$(readlink -f -- "$1")/
                    # Blanks and the like are in octal there: proc_pid_mounts(5).
                    sed 's/\\\\\\([0-7][0-7][0-7]\\)/\\\\0\\1/g' /proc/self/mounts | while read -r _ at _; do
                        at=$(printf '%b' "$at")
                        case $at in "$below"*) printf '%s\\n' "$at" ;; esac
                    done
                } > "$2/mounts.new"
                if [ -f "$2/mounts" ] && grep -vxFf "$2/mounts.new" "$2/mounts" > "$2/mounts.gone"; then
                    echo mounted
                    head -n 1 "$2/mounts.gone"
                    exit 0
                fi
                [ -f "$2/mounts" ] || mv "$2/mounts.new" "$2/mounts"
            fi
            """ + LETTERS + """
            echo "found:$letters"
            readlink -f -- "$1"
            """;

    /**
     * {@code $1} the folder, {@code $2} where Godwit keeps what it knows about it. Remembers, once, what was there before
     * the first copy: {@code absent}, {@code empty} or {@code full}, then the parents that are missing, all closed by NUL.
     */
    static final String LOOK = STATE + """
            set -eu
            umask 077
            if ! [ -f "$2/before" ]; then
                found=$(state "$1")
                if [ "$found" = full ]; then
                    printf 'full\\0'
                    exit 0
                fi
                mkdir -p "$2"
                {
                    printf '%s\\0' "$found"
                    parent=${1%/*}
                    while [ "$found" = absent ] && [ -n "$parent" ] && ! [ -e "$parent" ]; do
                        printf '%s\\0' "$parent"
                        parent=${parent%/*}
                    done
                } > "$2/before.new"
                if [ -d "$1" ]; then
                    rm -rf "$2/root"
                    cp -a --attributes-only -T "$1/" "$2/root"
                fi
                mv "$2/before.new" "$2/before"
            fi
            cat "$2/before"
            """;

    /** {@code $1}… folders. Prints mode, uid and gid of each that is there, or {@code 755 0 0}. */
    static final String OWNERS = """
            for folder in "$@"; do
                stat -L -c '%a %u %g' -- "$folder" 2>/dev/null || echo '755 0 0'
            done
            """;

    /**
     * {@code $1} the folder, {@code $2} where Godwit keeps what it knows about it, then mode, uid, gid and path of each
     * missing parent, the outermost first. Refuses a folder that has content and is not this migration's copy, or that
     * another one copies. Prints which of ACLs and extended attributes rsync knows.
     */
    static final String PREPARE_TARGET = STATE + """
            set -eu
            LC_ALL=C; export LC_ALL
            folder=$1 work=$2
            shift 2
            if ! command -v rsync >/dev/null; then
                echo tool
                exit 0
            fi
            if ! [ -f "$work/before" ]; then
                echo unknown
                exit 0
            fi
            if ! [ -f "$work/started" ]; then
                for other in "${work%/*/*/*}"/*/files/"${work##*/}"/started; do
                    [ -e "$other" ] || continue
                    echo taken
                    printf '%s\\n' "${other%/started}"
                    exit 0
                done
                if [ "$(state "$folder")" = full ]; then
                    echo full
                    exit 0
                fi
                : > "$work/started"
            fi
            while [ $# -ge 4 ]; do
                if ! [ -d "$4" ]; then
                    mkdir -- "$4"
                    chown -- "$2:$3" "$4"
                    chmod -- "$1" "$4"
                fi
                shift 4
            done
            [ -d "$folder" ] || mkdir -m 700 -- "$folder"
            """ + LETTERS + """
            echo "ready:$letters"
            readlink -f -- "$folder"
            """;

    /**
     * A job on the target. {@code $1} the folder, {@code $2} the remote shell, {@code $3} the module, {@code $4} letters
     * of ACLs and extended attributes, {@code $5} whether the source is {@code live} or {@code still}; the file
     * {@code exclude} holds rules closed by NUL. Times are compared to the nanosecond: a file that changed twice within a
     * second must not pass for unchanged. Prints rsync's progress, one line each.
     */
    static final String COPY = """
            set -eu
            LC_ALL=C; export LC_ALL
            sync=
            if [ "$5" = still ] && rsync --help | grep -q -e --fsync; then
                sync=--fsync
            fi
            # rsync says how far it is after each file: one line a second is enough, and the last.
            # shellcheck disable=SC2016
            thin='$/ = "\\r"; $| = 1; my ($told, $line) = (0, "");
                while (<STDIN>) {
                    s/\\s+$//;
                    $line = $_;
                    if (time > $told) { $told = time; print "$line\\n"; $line = ""; }
                }
                print "$line\\n" if $line ne "";'
            exec 4>&1
            code=$(
                {
                    {
                        rsync "-aH$4" --numeric-ids --delete --partial --modify-window=-1 --no-human-readable \\
                            --from0 --exclude-from=exclude --outbuf=L --info=progress2 $sync \\
                            -e "$2" "$3" "$1/" </dev/null || echo $? >&3
                    } | perl -e "$thin" >&4
                } 3>&1
            )
            if [ -z "$code" ] || { [ "$code" = 24 ] && [ "$5" = live ]; }; then
                exit 0
            fi
            exit "$code"
            """;

    /** A job on the source. {@code $1} the folder; the file {@code exclude} as above. Prints files and bytes. */
    static final String MEASURE = """
            set -eu
            LC_ALL=C; export LC_ALL
            code=0
            rsync -n -aH --stats --no-human-readable --from0 --exclude-from=exclude "$1/" ./none/ > stats || code=$?
            case $code in 0|23|24) ;; *) exit "$code" ;; esac
            sed -n -e 's/^Number of files: \\([0-9]*\\).*/files \\1/p' -e 's/^Total file size: \\([0-9]*\\).*/bytes \\1/p' stats
            """;

    /**
     * The same at once and for so long, and whose it all is. {@code $1} the folder, {@code $2} seconds; the rules are text
     * on standard input. Prints {@code files} and {@code bytes}, {@code cut} where the time did not suffice, and
     * {@code user} or {@code group} with number and name of every owner.
     */
    static final String SURVEY = """
            set -eu
            LC_ALL=C; export LC_ALL
            {
                timeout "$2" rsync -n -aH --numeric-ids --stats --no-human-readable --from0 --exclude-from=- --outbuf=L \\
                    --out-format='%U %G %l' "$1/" /nonexistent/ 2>/dev/null || echo "code $?"
            } | perl -e '
                my ($files, $bytes, $code, %users, %groups) = (0, 0, 0);
                while (<STDIN>) {
                    if (/^(\\d+) (\\d+) (\\d+)$/) {
                        $files++;
                        $bytes += $3;
                        $users{$1} = $groups{$2} = 1;
                    }
                    $files = $1 if /^Number of files: (\\d+)/;
                    $bytes = $1 if /^Total file size: (\\d+)/;
                    $code = $1 if /^code (\\d+)/;
                }
                my %known = (0 => "", 23 => "", 24 => "", 124 => "cut\\n");
                exit $code unless exists $known{$code};
                print "files $files\\nbytes $bytes\\n$known{$code}";
                printf "user %d %s\\n", $_, getpwuid($_) // "" for sort { $a <=> $b } keys %users;
                printf "group %d %s\\n", $_, getgrgid($_) // "" for sort { $a <=> $b } keys %groups;'
            """;

    /**
     * On the target; the owners are lines of {@link #SURVEY} on standard input. Prints each with what its name's number is
     * there and whose its number is there, apart by tabs.
     */
    static final String ACCOUNTS = """
            set -eu
            LC_ALL=C; export LC_ALL
            while IFS=' ' read -r kind number name; do
                case $kind in user) file=passwd ;; *) file=group ;; esac
                there=
                [ -z "$name" ] || there=$(getent "$file" "$name" | cut -d : -f 3)
                printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$kind" "$number" "$name" "$there" \\
                    "$(getent "$file" "$number" | cut -d : -f 1)"
            done
            """;

    /**
     * A job on either server. {@code $1} the folder, {@code $2} where Godwit keeps what it knows about it, {@code $3}
     * {@code prime} or {@code verify}; the files {@code exclude} and {@code manifest.pl}. rsync itself says which entries
     * its rules leave, so that copy and comparison cannot understand a rule differently.
     */
    static final String MANIFEST = """
            set -eu
            umask 077
            LC_ALL=C; export LC_ALL
            mkdir -p "$2"
            if [ "$3" = prime ]; then
                # A page that is mapped and dirty can change again without a new ctime; a clean one cannot.
                sync -f "$1"
            fi
            if [ -s exclude ]; then
                code=0
                rsync -n -a -8 --out-format=%n --from0 --exclude-from=exclude "$1/" ./none/ > names || code=$?
                case $code in
                    0) ;;
                    24) [ "$3" = prime ] || exit 24 ;;
                    *) exit "$code" ;;
                esac
                set -- "$@" names
            fi
            exec perl manifest.pl "$@"
            """;

    /**
     * On the target. {@code $1} where Godwit keeps what it knows about the folder, then the command that prints the
     * source's manifest. Prints the first lines that differ; those of the target begin with a tab.
     */
    static final String DIFFERENCES = """
            set -eu
            umask 077
            LC_ALL=C; export LC_ALL
            work=$1
            shift
            "$@" </dev/null > "$work/manifest.source"
            comm -3 "$work/manifest.source" "$work/manifest" | head -n 60
            rm -f "$work/manifest.source"
            """;

    /** {@code $1} where Godwit keeps what it knows about the folder; a program for the link. */
    static String printManifest(String work) {
        // The path consists of the migration's id and hexadecimal digits.
        return "exec cat '" + work + "/manifest'\n";
    }

    /**
     * A job on the target. {@code $1} the folder, {@code $2} where Godwit keeps what it knows about it. Removes what the
     * first copy brought and nothing that was not this migration's.
     */
    static final String REMOVE = """
            set -eu
            if ! [ -f "$2/before" ]; then
                echo never
                exit 0
            fi
            before=$(tr '\\0' '\\n' < "$2/before" | head -n 1)
            if [ -f "$2/started" ]; then
                if [ "$before" = empty ]; then
                    if [ -d "$1" ]; then
                        find "$1/" -xdev -mindepth 1 -delete
                    else
                        mkdir -m 700 -- "$1"
                    fi
                    rsync -dogptAX "$2/root/" "$1/" 2>/dev/null || cp -a --attributes-only -T "$2/root/" "$1/"
                else
                    rm -rf --one-file-system -- "$1"
                    tr '\\0' '\\n' < "$2/before" | tail -n +2 | while IFS= read -r parent; do
                        rmdir -- "$parent" 2>/dev/null || :
                    done
                fi
                rm -f "$2/started"
                echo removed
            else
                echo untouched
            fi
            """;

    /** {@code $1} where Godwit keeps what it knows about a folder. */
    static final String FORGET = """
            set -eu
            rm -rf -- "$1"
            rmdir -- "${1%/*}" 2>/dev/null || :
            """;

    /**
     * {@code $1}… folders, on the target. For each: {@code absent}, {@code empty} or {@code full}, then free bytes, all
     * inodes, free inodes and mount point of the file system that it will be on, each line closed by newline.
     */
    static final String ROOM = STATE + """
            set -eu
            LC_ALL=C; export LC_ALL
            for folder in "$@"; do
                state "$folder"
                while ! [ -e "$folder" ]; do folder=${folder%/*}; folder=${folder:-/}; done
                df -B1 --output=avail,itotal,iavail,target -- "$folder" | tail -n 1
            done
            """;

    private Scripts() {}
}
