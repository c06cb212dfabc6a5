# Where sshd looks for the keys of a user: $user logging in from $address. Sets file to its real path.
PATH=$PATH:/usr/sbin:/sbin
home=$(getent passwd "$user" | cut -d: -f6)
found=$(sshd -T -C "user=$user,host=$address,addr=$address" 2>/dev/null |
	sed -n 's/^authorizedkeysfile //p' | cut -d' ' -f1 |
	sed -e "s|%h|$home|g" -e "s|%u|$user|g" -e 's|%%|%|g')
case $found in
	'') file=$home/.ssh/authorized_keys ;;
	none)
		echo 'sshd_config says AuthorizedKeysFile none' >&2
		exit 3
		;;
	/*) file=$found ;;
	*) file=$home/$found ;;
esac
if [ -e "$file" ]; then file=$(readlink -f -- "$file"); fi
