package dev.godwit.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that a server's shell is given, as the classes hold it. */
class ScriptsTest {
    private static final Path CLASSES = Path.of("target/classes");

    /** A constant of several lines that sets the shell's options, or takes parameters, is a script. */
    private static final Pattern SCRIPT = Pattern.compile("(?m)^set -|\"\\$[01@]\"|^exit \"\\$");

    /** A program in Perl has both too, in what it gives to a shell. */
    private static final Pattern PERL = Pattern.compile("(?m)^use strict");

    @Test
    void shouldPassShellcheck(@TempDir Path folder) throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/shellcheck")),
                "skipped: no shellcheck; apt-get install shellcheck");
        List<String> command = new ArrayList<>(List.of("shellcheck", "-s", "sh"));
        Map<String, String> scripts = scripts();
        for (Map.Entry<String, String> script : scripts.entrySet()) {
            command.add(Files.writeString(folder.resolve(script.getKey()), script.getValue())
                    .toString());
        }

        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();

        assertThat(said).isEmpty();
        assertThat(scripts).containsKeys("SystemdJobs.RUN", "NginxScripts.REPLACE", "SystemdUnits.BRING", "copy.sh");
    }

    private static Map<String, String> scripts() throws IOException, ReflectiveOperationException {
        Map<String, String> scripts = new TreeMap<>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(CLASSES)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            String name = CLASSES.relativize(file).toString();
            if (name.endsWith(".sh")) {
                scripts.put(file.getFileName().toString(), Files.readString(file));
            } else if (name.endsWith(".class") && !name.endsWith("-info.class")) {
                constants(Class.forName(name.replaceFirst("\\.class$", "").replace('/', '.')), scripts);
            }
        }
        return scripts;
    }

    private static void constants(Class<?> type, Map<String, String> scripts) throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            if (field.getType() == String.class && Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                String text = (String) field.get(null);
                if (text != null
                        && text.indexOf('\n') >= 0
                        && SCRIPT.matcher(text).find()
                        && !PERL.matcher(text).find()) {
                    scripts.put(type.getSimpleName() + "." + field.getName(), text);
                }
            }
        }
    }
}
