# $1 the server's major version, the rest are programs
# Prints the folder that has them all. Debian's wrappers in /usr/bin choose a version of their own and take time for it: the
# version's own folder comes first. They are there when what they wrap is not, so that each program has to say its version.
major=$1
shift
for folder in "/usr/lib/postgresql/$major/bin" "/usr/pgsql-$major/bin" "/usr/local/pgsql/bin" /usr/bin; do
	missing=
	for tool in "$@"; do
		version=$("$folder/$tool" --version 2>/dev/null) || version=
		version=${version#*) }
		version=${version%%[!0-9]*}
		[ "${version:-0}" -ge "$major" ] || missing=$tool
	done
	if [ -z "$missing" ]; then printf '%s\n' "$folder"; exit 0; fi
done
exit 3
