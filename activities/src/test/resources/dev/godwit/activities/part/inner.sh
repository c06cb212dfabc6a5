shared() { echo 'a \$1 of the part'; }
