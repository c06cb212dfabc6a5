# show UNIT PROPERTY: what systemd says of it
show() { systemctl show -p "$2" --value -- "$1"; }

# down UNIT: whether it has ended, well or not
down() {
	case $(show "$1" ActiveState) in
		inactive | failed) ;;
		*) return 1 ;;
	esac
}

# unit_file UNIT: the state of its file; sysv-disabled for a script of /etc/init.d that does not run at boot. systemd
# itself does not know that, and calls all of them generated; systemctl asks the scripts' own tool.
unit_file() {
	case $(show "$1" UnitFileState) in
		generated) if systemctl -q is-enabled -- "$1" 2>/dev/null; then echo generated; else echo sysv-disabled; fi ;;
		*) show "$1" UnitFileState ;;
	esac
}
