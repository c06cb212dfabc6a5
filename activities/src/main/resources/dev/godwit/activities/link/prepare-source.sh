# $1 the link's folder  $2 what the ping answers; the program serve.sh on standard input
# Prints the source's public host keys.
set -eu
umask 077
. ./put.sh
mkdir -p "$1/programs" "$1/modules" "$1/paths"
chmod 700 "$1"
cd "$1"
put serve
put rsyncd.conf <<END
use chroot = yes
read only = yes
list = no
uid = 0
gid = 0
numeric ids = yes
munge symlinks = no
reverse lookup = no
max verbosity = 1
log file = /dev/null
&include $1/modules
END
put programs/ping <<END
echo '$2'
END
cat /etc/ssh/ssh_host_*_key.pub
