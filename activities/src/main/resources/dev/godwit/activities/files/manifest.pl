# Writes the manifest of a folder: one line for each entry, sorted, equal on two servers exactly if the folders are.
#
# perl manifest.pl FOLDER WORK MODE [NAMES]
#   WORK   keeps manifest and hashes
#   MODE   prime: the folder may be in use; only remember checksums. verify: nothing writes to it.
#   NAMES  what of the folder counts, as rsync --out-format=%n lists it; everything without it
#
# Only modules of perl-base, which every Debian has.
#
# Checksums are remembered under path, device, inode, size, mtime and ctime. The kernel changes ctime with every change of
# a file's content, and no program can set it back. Two changes within one tick of the clock leave the same ctime, so what
# changed less than two seconds before the look is not remembered.
use strict;
use warnings;
use Cwd qw(getcwd);

my ($folder, $work, $mode, $names) = @ARGV;
my $here = getcwd();
my $verify = $mode eq 'verify';
my $start = time;
setpriority(0, 0, 10) unless $verify;
$| = 1;

my $counts = kept($names);
my $remembered = remembered("$work/hashes");

open(my $hashes, '>', "$work/hashes.new") or die "$work/hashes.new: $!\n" unless $verify;
open(my $manifest, '|-', 'sort', '-o', "$work/manifest.new") or die "sort: $!\n";

my ($entries, $bytes, $hashed, $unreadable) = (0, 0, 0, 0);
my (%pending, $total);

chdir $folder or die "$folder: $!\n";
open(my $find, '-|', 'find', '.', '-printf', '%y %m %U %G %s %T@ %C@ %i %D\0%P\0%l\0') or die "find: $!\n";
{
    local $/ = "\0";
    while (defined(my $fields = <$find>)) {
        my $path = <$find>;
        my $link = <$find>;
        die "find ended too early\n" unless defined $link;
        chomp($fields, $path, $link);
        next if $counts && !$counts->{$path};
        my ($type, $permissions, $uid, $gid, $size, $mtime, $ctime, $inode, $device) = split / /, $fields;
        my $row = [$type, $permissions, $uid, $gid, $size, int($mtime), ''];
        if ($type eq 'f') {
            my $key = "$device $inode $size $mtime $ctime";
            my $known = $remembered->{$path};
            $bytes += $size;
            if (defined $known && substr($known, 0, -65) eq $key) {
                write_row($path, $row, substr($known, -64));
                remember($path, $key, $ctime, substr($known, -64));
            } else {
                $pending{$path} = [$row, $key, $ctime];
                $total += $size;
            }
        } else {
            if ($type eq 'l') {
                # Mode and time of a symbolic link mean nothing.
                @$row[1, 4, 5, 6] = ('', '', '', escaped($link));
            } elsif ($type eq 'b' || $type eq 'c') {
                @$row[4, 6] = ('', (lstat $path)[6]);
            } else {
                $row->[4] = '';
            }
            write_row($path, $row, '');
        }
    }
}
close($find) or !$verify or die "find could not see all of $folder\n";

hash_pending() if %pending;

for my $path (keys %pending) {
    # What vanished while it was in use is no entry any more.
    next if !$verify && !lstat($path);
    $unreadable++;
}

close($manifest) or die "sort failed: $!\n";
rename("$work/manifest.new", "$work/manifest") or die "$work/manifest: $!\n";
unless ($verify) {
    close($hashes) or die "$work/hashes.new: $!\n";
    rename("$work/hashes.new", "$work/hashes") or die "$work/hashes: $!\n";
}
open(my $sum, '-|', 'sha256sum', "$work/manifest") or die "sha256sum: $!\n";
my ($checksum) = split / /, <$sum>;
close($sum) or die "sha256sum failed\n";
print "manifest $checksum $entries $bytes $hashed $unreadable\n";

# The names that count, or nothing if all do.
sub kept {
    my ($file) = @_;
    return undef unless defined $file;
    my %kept;
    open(my $in, '<', $file) or die "$file: $!\n";
    while (my $name = <$in>) {
        chomp $name;
        $name =~ s{/$}{};
        # rsync writes \#012 for a newline.
        $name =~ s/\\#([0-7]{3})/chr(oct($1))/ge;
        $kept{$name eq '.' ? '' : $name} = 1;
    }
    close($in);
    return \%kept;
}

# By path: the key, a space and the checksum.
sub remembered {
    my ($file) = @_;
    my %known;
    if (open(my $in, '<', $file)) {
        local $/ = "\0";
        while (my $record = <$in>) {
            chomp $record;
            my ($value, $path) = split /\t/, $record, 2;
            $known{$path} = $value;
        }
        close($in);
    }
    return \%known;
}

sub remember {
    my ($path, $key, $ctime, $hash) = @_;
    return if $verify || $ctime >= $start - 2;
    print $hashes "$key $hash\t$path\0";
}

sub write_row {
    my ($path, $row, $hash) = @_;
    $entries++;
    print $manifest join("\t", escaped($path eq '' ? '.' : $path), @$row, $hash), "\n";
}

sub escaped {
    my ($text) = @_;
    $text =~ s/([\x00-\x1f\x7f\\])/sprintf('\\%03o', ord($1))/ge;
    return $text;
}

# Hashes what is pending with one process for each processor, the largest files first and evenly spread.
sub hash_pending {
    my $workers = processors();
    my @load = (0) x $workers;
    my @files = map { [] } 1 .. $workers;
    for my $path (sort { $pending{$b}[0][4] <=> $pending{$a}[0][4] || $a cmp $b } keys %pending) {
        my ($least) = sort { $load[$a] <=> $load[$b] } 0 .. $workers - 1;
        # A file costs time even if it is empty.
        $load[$least] += $pending{$path}[0][4] + 4096;
        push @{$files[$least]}, $path;
    }
    pipe(my $reader, my $writer) or die "pipe: $!\n";
    my @children;
    for my $worker (0 .. $workers - 1) {
        next unless @{$files[$worker]};
        open(my $list, '>', "$here/todo.$worker") or die "$here/todo.$worker: $!\n";
        print $list "./$_\0" for @{$files[$worker]};
        close($list) or die "$here/todo.$worker: $!\n";
        my $child = fork;
        die "fork: $!\n" unless defined $child;
        if ($child == 0) {
            close($reader);
            work($worker, $writer);
            exit 0;
        }
        push @children, $child;
    }
    close($writer);
    my ($done, $shown) = (0, 0);
    while (my $more = <$reader>) {
        $done += $more;
        if (time > $shown) {
            $shown = time;
            print "hash $done $total\n";
        }
    }
    close($reader);
    for my $child (@children) {
        waitpid($child, 0);
        die "a worker failed\n" if $?;
    }
    for my $worker (0 .. $workers - 1) {
        open(my $results, '<', "$here/done.$worker") or next;
        local $/ = "\0";
        while (my $record = <$results>) {
            chomp $record;
            # "HASH  ./path"
            my ($hash, $path) = (substr($record, 0, 64), substr($record, 68));
            my $file = delete $pending{$path} or die "unexpected file $path\n";
            $hashed++;
            write_row($path, $file->[0], $hash);
            remember($path, $file->[1], $file->[2], $hash);
        }
        close($results);
        unlink "$here/todo.$worker", "$here/done.$worker";
    }
}

sub work {
    my ($worker, $writer) = @_;
    open(my $results, '>', "$here/done.$worker") or die "$here/done.$worker: $!\n";
    # sha256sum says on standard error what it cannot read, and goes on.
    open(my $sums, '-|', 'xargs', '-0', '-a', "$here/todo.$worker", 'sha256sum', '-z', '--') or die "xargs: $!\n";
    local $/ = "\0";
    my ($told, $more) = (0, 0);
    while (my $record = <$sums>) {
        print $results $record;
        chomp $record;
        $more += $pending{substr($record, 68)}[0][4];
        if (time > $told) {
            $told = time;
            syswrite $writer, "$more\n";
            $more = 0;
        }
    }
    close($sums);
    syswrite $writer, "$more\n";
    close($results) or die "$here/done.$worker: $!\n";
}

sub processors {
    my $found = `nproc 2>/dev/null`;
    $found = $found =~ /^(\d+)/ && $1 > 0 ? $1 : 1;
    return $found > 8 ? 8 : $found;
}
