# shellcheck shell=bash
# The base root that all servers share, built once and kept in the cache.

# shellcheck disable=SC1091
debian_codename() { (. /etc/os-release && echo "${VERSION_CODENAME:-unknown}"); }

# The folder's name is what went into it, so an old base is never taken for a new one.
base_path() {
	local hash
	hash=$(cd "$HERE/base" && { debian_codename; cat packages before-packages after-packages; } | sha256sum | cut -c1-12)
	echo "$CACHE/base-$hash"
}

# This machine's own Debian sources, as apt itself understands them (both file formats), one "deb …" line each.
debian_sources() {
	local codename=$1
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(CREATED_BY)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)' |
		awk -F'|' -v codename="$codename" '$1 == "Packages" && $3 == "main" &&
			($2 == codename || $2 == codename "-updates" || $2 == codename "-security") { print "deb " $4 " " $2 " main" }' |
		sort -u
}

lab_base() {
	local base codename sources part started=$EPOCHREALTIME
	base=$(base_path)
	if [[ -d $base ]]; then
		say "base $base is there"
		return 0
	fi
	need_packages
	codename=$(debian_codename)
	[[ $codename == bookworm ]] || fail "$EXIT_MACHINE" "Debian 12 (bookworm): the lab's servers run PostgreSQL 15 from its mirror" "$codename" "run the lab on Debian 12"
	sources=$(debian_sources "$codename")
	[[ -n $sources ]] || fail "$EXIT_MACHINE" "a Debian mirror for $codename main in this machine's apt sources" "none" "add one, then apt-get update"

	mkdir -p "$CACHE"
	rm -rf "$CACHE"/base-*.part
	part=$base.part
	say "building the base root from this machine's Debian mirror (once; about a minute)"
	local options=(--variant=minbase --mode=root --format=directory --quiet
		--include="$(sed -e 's/#.*//' "$HERE/base/packages" | xargs | tr ' ' ,)"
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
		--essential-hook="'$HERE/base/before-packages' \"\$1\"" --customize-hook="'$HERE/base/after-packages' \"\$1\"")
	# A proxy that this machine's apt needs, mmdebstrap's apt needs too.
	local line
	while read -r line; do
		options+=(--aptopt="$line")
	done < <(apt-config dump | grep -iE '^Acquire::https?::Proxy' || true)
	if ! mmdebstrap "${options[@]}" "$codename" "$part" - <<<"$sources" >"$CACHE/base.log" 2>&1; then
		tail -n 20 "$CACHE/base.log" >&2
		rm -rf "$part"
		fail "$EXIT_MACHINE" "mmdebstrap to build the base root" "it failed (above; all of it in $CACHE/base.log)" "check the mirror and the disk, then try again"
	fi
	mv "$part" "$base"
	prune 'base-*' "$base"
	say "base $base: $(du -sh "$base" | cut -f1) in $(seconds_since "$started")"
}
