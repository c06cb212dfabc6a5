# show UNIT PROPERTY: what systemd says of it
show() { systemctl show -p "$2" --value -- "$1"; }

# down UNIT: whether it has ended, well or not
down() {
	case $(show "$1" ActiveState) in
		inactive | failed) ;;
		*) return 1 ;;
	esac
}
