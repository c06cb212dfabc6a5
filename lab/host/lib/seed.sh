# shellcheck shell=bash
# The site's data, made once and kept in the cache as an overlay layer that lies between the base and old's own disk.

seed_path() {
	local rows=$1 hash
	hash=$(cd "$HERE/site/seed" && { basename "$(base_path)"; cat database schema.sql rows.sql rules.sql uploads; } | sha256sum | cut -c1-12)
	echo "$CACHE/site-$rows-$hash"
}

lab_seed() {
	local rows=$1 layer part root scale started=$EPOCHREALTIME
	layer=$(seed_path "$rows")
	if [[ -d $layer ]]; then
		say "site layer $layer is there"
		return 0
	fi
	[[ $rows == FULL ]] && scale=130 || scale=1
	say "making the site's data, $rows (once$([[ $rows == SMALL ]] || echo '; about a minute'))"
	part=$layer.part
	root=$part/root
	seed_clean "$part"
	mkdir -p "$part"/{upper,work,root}
	mount -t overlay godwit-seed -o "lowerdir=$(base_path),upperdir=$part/upper,workdir=$part/work" "$root"
	install -d -m 700 "$root/root/seed"
	cp "$HERE"/site/seed/* "$root/root/seed/"
	openssl rand -hex 16 >"$part/password"
	# Not booted: the container only keeps the seeding's processes and network apart, and ends them together.
	if ! { chroot "$root" python3 /root/seed/uploads /srv/shop/uploads "$SHOP_UID" &&
		systemd-nspawn --quiet --directory="$root" --register=no --keep-unit --machine=godwit-seed --private-network --console=pipe \
			--resolv-conf=off --timezone=off --as-pid2 /root/seed/database "$scale" <"$part/password"; } >"$CACHE/seed.log" 2>&1; then
		tail -n 20 "$CACHE/seed.log" >&2
		seed_clean "$part"
		fail 1 "the site's data to be made" "seeding failed (above; all of it in $CACHE/seed.log)" "mend lab/host/site/seed"
	fi
	rm -rf "$root/root/seed"
	umount "$root"
	(umask 077 && mv "$part/password" "$layer.password")
	chmod 600 "$layer.password"
	# the rename comes last: a layer that has its name is complete
	mv "$part/upper" "$layer"
	seed_clean "$part"
	prune "site-$rows-*" "$layer"
	say "$(grep "^database shop:" "$CACHE/seed.log"); layer $(du -sh "$layer" | cut -f1) in $(seconds_since "$started")"
}

seed_clean() {
	! mountpoint -q "$1/root" || umount "$1/root"
	rm -rf "$1"
}
