# shellcheck shell=bash
# What makes a server that server: identity, keys, roles. All of it is written to its disk before its first boot.

# --- secrets of one lab ----------------------------------------------------------------------------------------------

make_keys() {
	local host keys=$LAB/keys
	[[ ! -e $keys/complete ]] || return 0
	rm -rf "$keys"
	install -d -m 700 "$LAB" "$keys" "$keys/hosts"
	ssh-keygen -q -t ed25519 -N '' -C 'lab operator' -f "$keys/operator"
	for host in "${HOSTS[@]}"; do
		ssh-keygen -q -t ed25519 -N '' -C "root@$host" -f "$keys/hosts/$host"
		echo "${ADDRESS[$host]} $(cut -d' ' -f1,2 "$keys/hosts/$host.pub")" >>"$keys/known_hosts"
	done
	openssl rand -base64 32 >"$keys/tsig.secret"
	printf 'key "%s" {\n\talgorithm %s;\n\tsecret "%s";\n};\n' "$TSIG_NAME" "$TSIG_ALGORITHM" "$(cat "$keys/tsig.secret")" >"$keys/tsig.key"
	make_certificates "$keys" >"$keys/openssl.log" 2>&1 || {
		cat "$keys/openssl.log" >&2
		fail "$EXIT_MACHINE" "openssl to make the lab's certificates" "it failed (above)" "look at it"
	}
	chmod -R go= "$keys"
	touch "$keys/complete"
}

# A root, an intermediate and the site's certificate: like the real ones, it verifies only when its chain is sent along.
make_certificates() {
	local to=$1 key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
	openssl req -x509 "${key[@]}" -keyout "$to/ca.key" -out "$to/ca.pem" -days 3650 -subj '/O=Lab/CN=Lab Root CA' \
		-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign &&
		openssl req "${key[@]}" -keyout "$to/intermediate.key" -out "$to/intermediate.csr" -subj '/O=Lab/CN=Lab E1' &&
		openssl x509 -req -in "$to/intermediate.csr" -CA "$to/ca.pem" -CAkey "$to/ca.key" -CAcreateserial -days 1825 -out "$to/chain.pem" \
			-extfile <(printf 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n') &&
		openssl req "${key[@]}" -keyout "$to/privkey.pem" -out "$to/site.csr" -subj "/CN=$SERVICE" &&
		openssl x509 -req -in "$to/site.csr" -CA "$to/chain.pem" -CAkey "$to/intermediate.key" -CAcreateserial -days 90 -out "$to/cert.pem" \
			-extfile <(printf 'subjectAltName=DNS:%s\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n' "$SERVICE") &&
		cat "$to/cert.pem" "$to/chain.pem" >"$to/fullchain.pem"
}

# --- every server ----------------------------------------------------------------------------------------------------

# enable ROOT UNIT…
enable() {
	local root=$1
	shift
	chroot "$root" systemctl --quiet enable "$@" 2>/dev/null
}

provision() {
	local host=$1 folder=$LAB/hosts/$1 root base
	base=$(base_path)
	mkdir -p "$folder"
	if [[ $host == old && $SITE == yes ]]; then
		echo "$(seed_path "$ROWS"):$base" >"$folder/lower"
	else
		echo "$base" >"$folder/lower"
	fi
	machine_mount "$host"
	root=$(root_of "$host")

	# An empty machine-id would make this a "first boot", on which systemd enables everything.
	tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
	echo "$host" >"$root/etc/hostname"
	# The service's name is not in here, on purpose: whoever asks for it asks the name servers.
	printf '127.0.0.1\tlocalhost\n127.0.1.1\t%s.%s %s\n::1\tlocalhost ip6-localhost\n' "$host" "$ZONE" "$host" >"$root/etc/hosts"
	printf 'search %s\nnameserver %s\nnameserver %s\noptions timeout:1 attempts:2\n' "$ZONE" "${ADDRESS[ns1]}" "${ADDRESS[ns2]}" >"$root/etc/resolv.conf"

	install -m 600 "$LAB/keys/hosts/$host" "$root/etc/ssh/ssh_host_ed25519_key"
	install -m 644 "$LAB/keys/hosts/$host.pub" "$root/etc/ssh/ssh_host_ed25519_key.pub"
	echo 'HostKey /etc/ssh/ssh_host_ed25519_key' >>"$root/etc/ssh/sshd_config.d/lab.conf"
	install -d -m 700 "$root/root/.ssh"
	install -m 600 "$LAB/keys/operator.pub" "$root/root/.ssh/authorized_keys"
	enable "$root" ssh

	case $host in
	ns1 | ns2) provision_name_server "$host" "$root" ;;
	old | new)
		trust_ca "$root"
		enable "$root" cron nginx postgresql
		[[ $SITE == no ]] || provision_site "$host" "$root"
		;;
	client)
		trust_ca "$root"
		install -D -m 755 "$HERE/client/traffic.py" "$root/opt/lab/traffic.py"
		;;
	esac
	touch "$folder/provisioned"
}

trust_ca() {
	install -D -m 644 "$LAB/keys/ca.pem" "$1/usr/local/share/ca-certificates/lab-ca.crt"
	chroot "$1" update-ca-certificates >/dev/null 2>&1
}

# --- ns1, ns2 --------------------------------------------------------------------------------------------------------

provision_name_server() {
	local host=$1 root=$2
	install -m 644 "$HERE/dns/named.conf.options" "$root/etc/bind/named.conf.options"
	install -m 644 "$HERE/dns/named.conf.$host" "$root/etc/bind/named.conf.local"
	: >"$root/etc/bind/named.conf.default-zones"
	if [[ $host == ns1 ]]; then
		install -m 640 "$LAB/keys/tsig.key" "$root/etc/bind/tsig.key"
		install -m 644 "$HERE/dns/zone" "$root/var/lib/bind/$ZONE.zone"
		# the group by the server's own numbers, not by this machine's
		chroot "$root" chown root:bind /etc/bind/tsig.key
		chroot "$root" chown bind:bind "/var/lib/bind/$ZONE.zone"
	fi
	enable "$root" named
}

# --- old, new: the site ----------------------------------------------------------------------------------------------

provision_site() {
	local host=$1 root=$2 password
	password=$(cat "$(seed_path "$ROWS").password")
	chroot "$root" useradd --uid "$SHOP_UID" --user-group --home-dir /srv/shop --no-create-home --shell /usr/sbin/nologin shop
	install -d -m 755 "$root/srv/shop" "$root/srv/shop/app"
	install -m 755 "$HERE"/site/app/*.py "$root/srv/shop/app/"
	install -d -m 755 "$root/etc/shop"
	(umask 027 && cat >"$root/etc/shop/shop.env") <<-ENV
		DATABASE_HOST=127.0.0.1
		DATABASE_PORT=5432
		DATABASE_NAME=shop
		DATABASE_USER=shop
		DATABASE_PASSWORD=$password
		UPLOADS=/srv/shop/uploads
		LISTEN=127.0.0.1:8000
	ENV
	chroot "$root" chown root:shop /etc/shop/shop.env
	install -m 644 "$HERE"/site/shop.service "$HERE"/site/shop-worker.service "$root/etc/systemd/system/"
	[[ $host == old ]] || return 0

	# Reading a table opens its file for writing, and that makes an overlay copy the whole file: better now than under the first request.
	find "$root/var/lib/postgresql/15/main" -type f -size +0 -exec sh -c 'for file; do : >>"$file"; done' sh {} +

	provision_certificate "$root"
	install -m 644 "$HERE/site/nginx-shop" "$root/etc/nginx/sites-available/shop"
	ln -s ../sites-available/shop "$root/etc/nginx/sites-enabled/shop"
	rm "$root/etc/nginx/sites-enabled/default"
	chroot "$root" crontab -u shop - <"$HERE/site/crontab"
	enable "$root" shop.service shop-worker.service
}

# certbot's layout: links in live/ to numbered files in archive/, and a renewal file that names them
provision_certificate() {
	local root=$1/etc/letsencrypt name
	install -d -m 755 "$root" "$root/renewal"
	install -d -m 700 "$root/live" "$root/archive"
	install -d -m 755 "$root/live/$SERVICE" "$root/archive/$SERVICE"
	for name in cert chain fullchain privkey; do
		install -m 644 "$LAB/keys/$name.pem" "$root/archive/$SERVICE/${name}1.pem"
		ln -s "../../archive/$SERVICE/${name}1.pem" "$root/live/$SERVICE/$name.pem"
	done
	chmod 600 "$root/archive/$SERVICE/privkey1.pem"
	sed "s/@SERVICE@/$SERVICE/g" "$HERE/site/renewal.conf" >"$root/renewal/$SERVICE.conf"
}
