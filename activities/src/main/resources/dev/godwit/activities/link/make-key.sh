# $1 the link's folder. Prints the public key.
set -eu
umask 077
mkdir -p "$1"
chmod 700 "$1"
cd "$1"
if ! command -v ssh-keygen >/dev/null || ! command -v ssh >/dev/null; then
	echo 'ssh and ssh-keygen are missing' >&2
	exit 127
fi
if ! ssh-keygen -y -P '' -f id >/dev/null 2>&1; then
	rm -f id id.pub id.new id.new.pub
	ssh-keygen -q -t ed25519 -N '' -C godwit -f id.new
	rm -f id.new.pub
	mv id.new id
fi
ssh-keygen -y -P '' -f id
