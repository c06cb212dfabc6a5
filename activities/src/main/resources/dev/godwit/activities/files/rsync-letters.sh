# Sets letters to those of rsync's for what it knows of ACLs and extended attributes.
version=$(rsync --version)
letters=
case $version in *'no ACLs'*) ;; *) letters=A ;; esac
case $version in *'no xattrs'*) ;; *) letters=${letters}X ;; esac
