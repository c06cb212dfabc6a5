package dev.godwit.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that a server's shell or Perl is given: the resources, whole, and what is short enough for a class. */
class ScriptsTest {
    private static final Path CLASSES = Path.of("target/classes");

    /** A constant of several lines that sets the shell's options, or takes parameters, is a script. */
    private static final Pattern SCRIPT = Pattern.compile("(?m)^set -|\"\\$[01@]\"|^exit \"\\$");

    private static final int A_FEW_LINES = 8;

    /** How a script reads a part. */
    private static final Pattern PART = Pattern.compile("(?m)^\\s*\\. (\\S+\\.sh)$");

    /** A program in Perl may have what looks like the shell's. */
    private static final Pattern PERL = Pattern.compile("(?m)^use strict");

    @Test
    void shouldPassShellcheck(@TempDir Path folder) throws Exception {
        requires("/usr/bin/shellcheck", "shellcheck");
        Map<String, String> scripts = constants();
        scripts.putAll(files());
        List<String> command = new ArrayList<>(List.of("shellcheck", "-s", "sh"));
        for (Map.Entry<String, String> script : scripts.entrySet()) {
            command.add(Files.writeString(folder.resolve(script.getKey()), script.getValue())
                    .toString());
        }

        assertThat(said(command)).isEmpty();
        assertThat(scripts).containsKeys("database.postgresql.copy.sh");
    }

    @Test
    void shouldKeepLongScriptsInFiles() throws Exception {
        Map<String, String> inClasses = constants();
        inClasses.values().removeAll(files().values());

        assertThat(inClasses)
                .isNotEmpty()
                .allSatisfy((name, text) -> assertThat(text.lines()).as(name).hasSizeLessThanOrEqualTo(A_FEW_LINES));
    }

    @Test
    void shouldCompileInPerl() throws Exception {
        requires("/usr/bin/perl", "perl");
        List<Path> programs = resources(".pl");

        for (Path program : programs) {
            assertThat(said(List.of("perl", "-c", program.toString()))).isEqualTo(program + " syntax OK\n");
        }
        assertThat(programs).isNotEmpty();
    }

    @Test
    void shouldPutPartsInTheirPlace() throws Exception {
        assertThat(Resource.text(ScriptsTest.class, "whole.sh"))
                .isEqualTo("set -eu\nshared() { echo 'a \\$1 of the part'; }\n# between\nshared\n. /etc/os-release\n");
    }

    @Test
    void shouldNameAProgramThatIsMissing() {
        assertThatThrownBy(() -> Resource.text(ScriptsTest.class, "none.sh"))
                .hasMessage("Expected the program /dev/godwit/activities/none.sh among Godwit's own, but found none");
    }

    private static void requires(String program, String debian) {
        assumeTrue(Files.isExecutable(Path.of(program)), "skipped: no " + debian + "; apt-get install " + debian);
    }

    private static String said(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    /** The files by name. A part is checked in each script that reads it, as a server gets it. */
    private static Map<String, String> files() throws IOException, ClassNotFoundException {
        List<Path> files = resources(".sh");
        Set<Path> parts = new HashSet<>();
        for (Path file : files) {
            PART.matcher(Files.readString(file))
                    .results()
                    .forEach(
                            part -> parts.add(file.resolveSibling(part.group(1)).normalize()));
        }
        Map<String, String> scripts = new TreeMap<>();
        for (Path file : files) {
            if (!parts.contains(file)) {
                String folder = CLASSES.relativize(file.getParent()).toString().replace('/', '.');
                String name = file.getFileName().toString();
                scripts.put(
                        folder.replaceFirst("^dev\\.godwit\\.activities\\.", "") + "." + name,
                        Resource.text(Class.forName(folder + ".package-info"), name));
            }
        }
        return scripts;
    }

    private static List<Path> resources(String ending) throws IOException {
        try (Stream<Path> all = Files.walk(CLASSES)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    /** What classes hold, also what they have read from a file. */
    private static Map<String, String> constants() throws IOException, ReflectiveOperationException {
        Map<String, String> scripts = new TreeMap<>();
        for (Path file : resources(".class")) {
            String name = CLASSES.relativize(file).toString().replaceFirst("\\.class$", "");
            for (Field field : Class.forName(name.replace('/', '.')).getDeclaredFields()) {
                if (field.getType() == String.class && Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    String text = (String) field.get(null);
                    if (text != null
                            && text.indexOf('\n') >= 0
                            && SCRIPT.matcher(text).find()
                            && !PERL.matcher(text).find()) {
                        scripts.put(field.getDeclaringClass().getSimpleName() + "." + field.getName(), text);
                    }
                }
            }
        }
        return scripts;
    }
}
