# Joins standard input and output to the socket whose path is its argument. Perl, because every Debian has it and no other
# tool that does this. Only modules of perl-base.
use strict;
use warnings;
use Socket;

socket(my $server, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
connect($server, sockaddr_un($ARGV[0])) or die "connect: $!";
sub pump {
    my ($from, $to) = @_;
    while (my $read = sysread($from, my $bytes, 65536)) {
        for (my $at = 0; $at < $read;) {
            my $written = syswrite($to, $bytes, $read - $at, $at);
            return unless defined $written;
            $at += $written;
        }
    }
}
my $child = fork;
die "fork: $!" unless defined $child;
if ($child == 0) {
    pump(*STDIN, $server);
    shutdown($server, 1);
    exit 0;
}
close(STDIN);
pump($server, *STDOUT);
kill("TERM", $child);
waitpid($child, 0);
