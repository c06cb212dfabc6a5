# Finds the spool folder: of Debian, SUSE, Red Hat.
for spool in /var/spool/cron/crontabs /var/spool/cron/tabs /var/spool/cron; do
	[ ! -d "$spool" ] || break
done
