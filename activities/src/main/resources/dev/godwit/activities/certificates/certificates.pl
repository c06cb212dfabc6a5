# What Godwit does with certificates on a server. Lists come on standard input, everything is closed by NUL.
#
#   list RENEWAL PATH…   on the source: what moves
#   sums                 on either: checksums and links of a list's entries
#   pem                  on either: certificates, and the checksums of the public keys that belong to private keys
#   remember FOLDER      on the target: saves what a list's entries are now, once
#   place FOLDER         on the target: puts what is in FOLDER/new where it belongs
#   restore FOLDER       on the target: puts back what was remembered; prints what stays because others need it
#
# An entry of a list begins with 'r' (required), 'o' (only if the target has none of that name) or 'a' (a folder above the
# others, made if it is missing and else left alone), then its path.
# Only modules of perl-base, which every Debian has.
use strict;
use warnings;

$/ = "\0";
umask 077;
my $command = shift @ARGV;
my %commands = (list => \&list, sums => \&sums, pem => \&pem, remember => \&remember, place => \&place, restore => \&restore);
$commands{$command}->(@ARGV);

sub problem {
    my ($what) = @_;
    print "problem\0$what\0";
    exit 0;
}

sub parent {
    my ($path) = @_;
    $path =~ s{/[^/]*$}{};
    return $path;
}

# ---- list ----

my (%seen, @entries);

sub list {
    my ($renewal, @paths) = @_;
    for my $path (@paths) {
        problem("there is no $path") unless -e $path || -l $path;
        add('r', $path);
    }
    if ($renewal eq 'certbot') {
        my (%roots, $lineages);
        for my $path (@paths) {
            $path =~ m{^(.*)/live/([^/]+)(?:/|$)} or next;
            my ($root, $name) = ($1, $2);
            my $config = "$root/renewal/$name.conf";
            problem("certbot knows no $config") unless -f $config;
            add('r', $config);
            add('r', "$root/archive/$name") if -d "$root/archive/$name";
            $roots{$root} = 1;
            $lineages++;
        }
        problem("no path is a lineage of certbot's, such as /etc/letsencrypt/live/NAME") unless $lineages;
        for my $root (sort keys %roots) {
            add('r', "$root/accounts") if -d "$root/accounts";
            for my $extra ('options-ssl-nginx.conf', 'options-ssl-apache.conf', 'ssl-dhparams.pem', 'renewal-hooks') {
                add('o', "$root/$extra") if -e "$root/$extra";
            }
        }
    }
    # Each folder above comes before what is in it, so that it can be made like the source's.
    my %all = map { substr($_, 1) => substr($_, 0, 1) } @entries;
    for my $path (keys %all) {
        for (my $above = parent($path); $above ne ''; $above = parent($above)) {
            $all{$above} //= 'a';
        }
    }
    problem('more than 2000 entries') if keys %all > 2000;
    my $bytes = 0;
    for my $path (sort keys %all) {
        $bytes += -s _ if !-l $path && -f $path;
    }
    problem('more than 16 MiB of files') if $bytes > 16 * 1024 * 1024;
    print "$all{$_}$_\0" for sort keys %all;
}

sub add {
    my ($flag, $path) = @_;
    return if $seen{$path}++;
    if (-l $path) {
        push @entries, "$flag$path";
        my $to = readlink $path;
        $to = parent($path) . "/$to" unless $to =~ m{^/};
        1 while $to =~ s{/\.(?=/|$)}{} || $to =~ s{/[^/]+/\.\.(?=/|$)}{};
        problem("$path leads to $to, which is not there") unless -e $to;
        add($flag, $to);
    } elsif (-d $path) {
        push @entries, "$flag$path";
        opendir(my $folder, $path) or problem("$path cannot be read: $!");
        my @names = grep { $_ ne '.' && $_ ne '..' } readdir $folder;
        closedir $folder;
        add($flag, "$path/$_") for sort @names;
    } elsif (-f $path) {
        push @entries, "$flag$path";
    } else {
        problem("$path is neither a file, a folder nor a link");
    }
}

sub entries {
    my @read = map { chomp; $_ } <STDIN>;
    return map { [substr($_, 0, 1), substr($_, 1)] } @read;
}

sub checksum {
    my ($path) = @_;
    local $/ = "\n";
    open(my $sum, '-|', 'sha256sum', '-z', '--', $path) or die "sha256sum: $!\n";
    my $line = <$sum>;
    close($sum) or die "sha256sum cannot read $path\n";
    return substr($line, 0, 64);
}

# What a path is: 'absent', 'folder', 'file CHECKSUM', 'link TARGET' or 'other'.
sub look {
    my ($path) = @_;
    return 'link ' . readlink $path if -l $path;
    return 'absent' unless -e _;
    return 'folder' if -d _;
    return 'file ' . checksum($path) if -f _;
    return 'other';
}

# ---- sums ----

sub sums {
    print "$_->[1]\0", look($_->[1]), "\0" for entries();
}

# ---- pem ----

sub pem {
    for my $entry (entries()) {
        my $path = $entry->[1];
        next if -l $path || !-f $path || -s _ > 1024 * 1024;
        open(my $in, '<', $path) or die "$path: $!\n";
        local $/;
        my $text = <$in>;
        close($in);
        my $certificates = join '', $text =~ /(-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\s*)/gs;
        print "certificate\0$path\0$certificates\0" if $certificates ne '';
        print "key\0$path\0", public_key($path), "\0" if $text =~ /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
    }
}

# The checksum of a key's public half; the private one stays here.
sub public_key {
    my ($path) = @_;
    my $found = `command -v openssl 2>/dev/null`;
    return 'no openssl' if $found eq '';
    open(my $out, '-|', 'sh', '-c', 'openssl pkey -in "$1" -passin pass: -pubout -outform DER 2>/dev/null | sha256sum', 'sh', $path)
        or die "sh: $!\n";
    local $/ = "\n";
    my $line = <$out>;
    close($out);
    my $sum = substr($line, 0, 64);
    # Of nothing: a key with a passphrase.
    return $sum eq 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' ? 'unreadable' : $sum;
}

# ---- remember ----

sub known {
    my ($folder) = @_;
    my (%known, @order);
    if (open(my $in, '<', "$folder/known")) {
        while (defined(my $path = <$in>)) {
            my $was = <$in>;
            last unless defined $was;
            chomp($path, $was);
            $known{$path} = $was;
            push @order, $path;
        }
        close($in);
    }
    return (\%known, \@order);
}

sub remember {
    my ($folder) = @_;
    -d $folder or system('mkdir', '-p', $folder) == 0 or die "mkdir failed\n";
    my ($known, $order) = known($folder);
    my (@new, %above);
    for my $entry (entries()) {
        push @new, $entry->[1] unless defined $known->{$entry->[1]};
        $above{$entry->[1]} = 1 if $entry->[0] eq 'a';
    }
    if (@new) {
        for my $path (@new) {
            $known->{$path} = look($path);
            problem("$path is neither a file, a folder nor a link") if $known->{$path} eq 'other';
            push @$order, $path;
        }
        my @save = grep { $known->{$_} ne 'absent' && !$above{$_} } @new;
        if (@save) {
            my $number = 1;
            $number++ while -e "$folder/before.$number.tar";
            open(my $tar, '|-', 'tar', '--create', '--format=posix', "--file=$folder/before.new", '--numeric-owner', '--acls', '--xattrs',
                '--directory=/', '--no-recursion', '--null', '--files-from=-') or die "tar: $!\n";
            print $tar substr($_, 1), "\0" for @save;
            close($tar) or die "tar could not save what was there\n";
            # An attempt may have been cut off before its archive was there.
            unlink "$folder/before.$number.list";
            append("$folder/before.$number.list", @save);
            rename("$folder/before.new", "$folder/before.$number.tar") or die "rename: $!\n";
        }
        open(my $out, '>', "$folder/known.new") or die "$folder/known.new: $!\n";
        print $out "$_\0$known->{$_}\0" for @$order;
        close($out) or die "$folder/known.new: $!\n";
        rename("$folder/known.new", "$folder/known") or die "rename: $!\n";
    }
    print "$_\0$known->{$_}\0" for @$order;
}

# Adds paths to a list, so that it holds them even if the machine loses its power now.
sub append {
    my ($list, @paths) = @_;
    open(my $out, '>>', $list) or die "$list: $!\n";
    print $out "$_\0" for @paths;
    close($out) or die "$list: $!\n";
    system('sync', '--', $list) == 0 or die "sync failed\n";
}

sub listed {
    my ($list) = @_;
    open(my $in, '<', $list) or return ();
    my @paths = map { chomp; $_ } <$in>;
    close($in);
    return @paths;
}

# ---- place ----

sub place {
    my ($folder) = @_;
    my $new = "$folder/new";
    my ($known) = known($folder);
    open(my $mark, '>', "$folder/started") or die "$folder/started: $!\n";
    close($mark);
    my ($placed, $same) = (0, 0);
    my @made;
    for my $entry (entries()) {
        my ($flag, $path) = @$entry;
        my $staged = "$new$path";
        my $was = $known->{$path};
        problem("$path came without having been looked at") unless defined $was;
        next if $flag eq 'o' && $was ne 'absent';
        my $wanted = look($staged);
        my $found = look($path);
        if ($found eq $wanted) {
            $same++ unless $wanted eq 'folder';
            next;
        }
        if ($wanted eq 'folder') {
            problem("$path is a folder on the source, and something else here") unless $found eq 'absent';
            append("$folder/placed", $path);
            mkdir $path or die "$path: $!\n";
            like($staged, $path);
            push @made, [$staged, $path];
            next;
        }
        problem("$path is a folder here, and something else on the source") if $found eq 'folder';
        my $beside = parent($path) . '/.godwit-' . substr($path, rindex($path, '/') + 1);
        unlink $beside;
        system('cp', '-a', '--no-target-directory', '--', $staged, $beside) == 0 or die "cp failed\n";
        system('sync', '--', $beside) == 0 or die "sync failed\n" unless -l $beside;
        append("$folder/placed", $path);
        rename($beside, $path) or die "$path: $!\n";
        $placed++;
    }
    for my $pair (reverse @made) {
        system('touch', '--no-dereference', '-r', @$pair);
    }
    print "placed\0$placed\0$same\0";
}

sub like {
    my ($model, $path) = @_;
    for my $program ('chown', 'chmod') {
        system($program, "--reference=$model", '--', $path) == 0 or die "$program failed\n";
    }
}

# ---- restore ----

sub restore {
    my ($folder) = @_;
    unless (-e "$folder/started") {
        print "untouched\0";
        return;
    }
    my ($known, $order) = known($folder);
    # Only what was placed: the rest may have been changed since, by the target's own certbot or by a person.
    my %placed = map { $_ => 1 } listed("$folder/placed");
    my %touched = map { parent($_) => 1 } keys %placed;
    my %kept = map { $_ => 1 } grep { $placed{$_} && $known->{$_} eq 'absent' } keys %placed;
    needed_by_others($folder, \%placed, \%kept);
    for my $path (reverse sort @$order) {
        my $beside = parent($path) . '/.godwit-' . substr($path, rindex($path, '/') + 1);
        unlink $beside if -l $beside || -f $beside;
        next unless $placed{$path} && $known->{$path} eq 'absent' && !$kept{$path};
        if (-d $path && !-l $path) {
            # Somebody else's files keep it.
            rmdir $path;
        } else {
            unlink $path;
        }
    }
    for my $archive (sort glob("$folder/before.*.tar")) {
        my @back = grep { $placed{$_} || ($known->{$_} eq 'folder' && $touched{$_}) } listed($archive =~ s/tar$/list/r);
        next unless @back;
        open(my $tar, '|-', 'tar', '--extract', '--preserve-permissions', '--numeric-owner', '--acls', '--xattrs', '--directory=/',
            '--no-recursion', "--file=$archive", '--null', '--files-from=-') or die "tar: $!\n";
        print $tar substr($_, 1), "\0" for @back;
        close($tar) or die "tar could not put back $archive\n";
    }
    for my $path (grep { $placed{$_} && !$kept{$_} } @$order) {
        my $now = look($path);
        problem("$path was $known->{$path} and is $now") unless $now eq $known->{$path} || $now eq 'folder';
    }
    unlink "$folder/started";
    print "restored\0";
    print "$_\0" for grep { !-d $_ } sort keys %kept;
}

# Leaves in a set of paths only what somebody else needs by now: another migration, another lineage's renewal, a site of
# nginx. Lineages share accounts and options; of a lineage all is needed, or nothing.
sub needed_by_others {
    my ($folder, $placed, $paths) = @_;
    my (%needed, @texts);
    my $own = parent($folder);
    for my $other (grep { parent($_) ne $own } glob(parent($own) . '/*/certificates')) {
        my ($known) = known($other);
        $needed{$_} = 1 for keys %$known;
    }
    my @renewals = grep { !$placed->{$_} } map { glob("$_/renewal/*.conf") } roots($paths);
    push @texts, map { text($_) } @renewals;
    # What nginx loads; where it cannot tell, whatever it might.
    my $loaded = `nginx -T 2>/dev/null`;
    $loaded = join("\n", map { text($_) } split(/\0/, `find -L /etc/nginx -type f -size -1024k -print0 2>/dev/null`)) if $?;
    $loaded =~ s/(^|\s)#.*//mg;
    push @texts, $loaded;
    for my $path (grep { -l $_ || !-d $_ } keys %$paths) {
        next unless $needed{$path} || grep { /\Q$path\E(?![\w.-])/ } @texts;
        $needed{$path} = 1;
        $needed{lineage($path)} = 1 if lineage($path);
    }
    push @texts, map { text($_) } grep { $needed{$_} && m{/renewal/} } keys %$paths;
    my %accounts = map { $_ => 1 } map { /^account\s*=\s*(\S+)/mg } @texts;
    for my $path (keys %$paths) {
        my ($account) = $path =~ m{/accounts/.*/([^/]+)/[^/]+$};
        # A folder stays if something in it does.
        delete $paths->{$path} if -d $path && !-l $path;
        delete $paths->{$path} unless $needed{$path} || $needed{lineage($path)} || ($account && $accounts{$account});
    }
}

# The renewal of the lineage that a path is of, or ''.
sub lineage {
    my ($path) = @_;
    return $path if $path =~ m{/renewal/[^/]+\.conf$};
    return $path =~ m{^(.*)/(?:live|archive)/([^/]+)/} ? "$1/renewal/$2.conf" : '';
}

sub text {
    my ($file) = @_;
    local $/;
    open(my $in, '<', $file) or return ();
    my $text = <$in>;
    close($in);
    return $text // '';
}

# The folders of certbot above paths.
sub roots {
    my ($paths) = @_;
    my %roots = map { m{^(.*)/(?:live|archive|renewal|accounts)/} ? ($1 => 1) : () } keys %$paths;
    return sort keys %roots;
}
