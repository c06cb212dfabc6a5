# shellcheck shell=sh
# ADDRESS PORT: how a TCP connection from here goes: open, refused, or the reason.
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
