# Sums what rsync lists as lines of uid, gid and size. Prints files and bytes, cut where the time did not suffice, and
# user or group with number and name of every owner.
use strict;
use warnings;

my ($files, $bytes, $code, %users, %groups) = (0, 0, 0);
while (<STDIN>) {
    if (/^(\d+) (\d+) (\d+)$/) {
        $files++;
        $bytes += $3;
        $users{$1} = $groups{$2} = 1;
    }
    $files = $1 if /^Number of files: (\d+)/;
    $bytes = $1 if /^Total file size: (\d+)/;
    $code = $1 if /^code (\d+)/;
}
my %known = (0 => '', 23 => '', 24 => '', 124 => "cut\n");
exit $code unless exists $known{$code};
print "files $files\nbytes $bytes\n$known{$code}";
printf "user %d %s\n", $_, getpwuid($_) // '' for sort { $a <=> $b } keys %users;
printf "group %d %s\n", $_, getgrgid($_) // '' for sort { $a <=> $b } keys %groups;
