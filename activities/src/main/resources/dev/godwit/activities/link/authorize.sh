# $1 user  $2 the target's address  $3 the line  $4 the mark that it ends with  $5 the link's folder
# What was there is kept before the change; the new file replaces the old one at once.
set -eu
umask 077
user=$1 address=$2 line=$3 mark=$4 folder=$5
exec 9<"${folder%/*/*}"
flock 9
. ./find-keys.sh
pattern=" $(printf %s "$mark" | sed 's/[.]/\\./g')\$"
if [ -f "$file" ]; then
	if grep -aqxF -- "$line" "$file"; then exit 0; fi
	if ! grep -aq -- "$pattern" "$file"; then
		rm -f "$folder/keys.absent"
		cp -a -- "$file" "$folder/keys.before.new"
		mv -f "$folder/keys.before.new" "$folder/keys.before"
	fi
	cp -a -- "$file" "$file.godwit"
	grep -av -- "$pattern" "$file" > "$file.godwit" || [ $? -eq 1 ]
else
	rm -f "$folder/keys.before"
	: > "$folder/keys.absent"
	if ! [ -d "${file%/*}" ]; then
		: > "$folder/keys.made-folder"
		mkdir -m 700 -- "${file%/*}"
		chown -- "$user:" "${file%/*}"
	fi
	: > "$file.godwit"
	chmod 600 -- "$file.godwit"
	chown -- "$user:" "$file.godwit"
fi
printf '%s\n' "$line" >> "$file.godwit"
printf %s "$file" > "$folder/keys.path"
sha256sum < "$file.godwit" > "$folder/keys.after"
sync -- "$file.godwit"
mv -f -- "$file.godwit" "$file"
