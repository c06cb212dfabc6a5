package dev.godwit.activities.files;

import dev.godwit.activities.Resource;

/** What runs on the servers; each script says itself what its parameters are. */
final class Scripts {
    static final String SOURCE_FOLDER = program("source-folder.sh");
    static final String LOOK = program("look.sh");
    static final String PREPARE_TARGET = program("prepare-target.sh");
    static final String COPY = program("copy.sh");
    static final String PROGRESS = program("progress.pl");
    static final String MEASURE = program("measure.sh");
    static final String SURVEY = program("survey.sh");
    static final String SURVEY_SUM = program("survey.pl");
    static final String ACCOUNTS = program("accounts.sh");
    static final String MANIFEST = program("manifest.sh");
    static final String DIFFERENCES = program("differences.sh");
    static final String REMOVE = program("remove.sh");
    static final String ROOM = program("room.sh");

    /** {@code $1}… folders. Prints mode, uid and gid of each that is there, or {@code 755 0 0}. */
    static final String OWNERS = """
            for folder in "$@"; do
                stat -L -c '%a %u %g' -- "$folder" 2>/dev/null || echo '755 0 0'
            done
            """;

    /** {@code $1} where Godwit keeps what it knows about a folder. */
    static final String FORGET = """
            set -eu
            rm -rf -- "$1"
            rmdir -- "${1%/*}" 2>/dev/null || :
            """;

    /** {@code $1} where Godwit keeps what it knows about the folder; a program for the link. */
    static String printManifest(String work) {
        // The path consists of the migration's id and hexadecimal digits.
        return "exec cat '" + work + "/manifest'\n";
    }

    private static String program(String name) {
        return Resource.text(Scripts.class, name);
    }

    private Scripts() {}
}
