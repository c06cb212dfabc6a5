# $1 user  $2 the target's address  $3 the mark  $4 the link's folder
set -eu
umask 077
user=$1 address=$2 mark=$3 folder=$4
if [ -d "${folder%/*/*}" ]; then
	exec 9<"${folder%/*/*}"
	flock 9
fi
if [ -f "$folder/keys.path" ]; then
	file=$(cat "$folder/keys.path")
else
	. ./find-keys.sh
fi
pattern=" $(printf %s "$mark" | sed 's/[.]/\\./g')\$"
rm -f -- "$file.godwit"
if [ -f "$file" ] && grep -aq -- "$pattern" "$file"; then
	if [ -f "$folder/keys.after" ] && [ "$(sha256sum < "$file")" = "$(cat "$folder/keys.after")" ]; then
		# Nobody else changed it: it becomes what it was, byte for byte.
		if [ -f "$folder/keys.absent" ]; then
			rm -f -- "$file"
		else
			cp -a -- "$folder/keys.before" "$file.godwit"
			sync -- "$file.godwit"
			mv -f -- "$file.godwit" "$file"
		fi
	else
		cp -a -- "$file" "$file.godwit"
		grep -av -- "$pattern" "$file" > "$file.godwit" || [ $? -eq 1 ]
		sync -- "$file.godwit"
		mv -f -- "$file.godwit" "$file"
	fi
fi
if [ -f "$folder/keys.made-folder" ]; then
	rmdir -- "${file%/*}" 2>/dev/null || :
fi
rm -rf -- "$folder"
