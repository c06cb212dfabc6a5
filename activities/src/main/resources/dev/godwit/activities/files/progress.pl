# rsync says how far it is after each file: one line a second is enough, and the last.
use strict;
use warnings;

$/ = "\r";
$| = 1;
my ($told, $line) = (0, '');
while (<STDIN>) {
    s/\s+$//;
    $line = $_;
    if (time > $told) {
        $told = time;
        print "$line\n";
        $line = '';
    }
}
print "$line\n" if $line ne '';
