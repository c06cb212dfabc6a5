package dev.godwit.lab.bench;

import dev.godwit.lab.ExitCode;
import dev.godwit.lab.LabException;
import dev.godwit.lab.LabHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Where was measured, and what, in words. */
record Machine(String words) {
    static Machine look() throws IOException, InterruptedException {
        String processor = value(Path.of("/proc/cpuinfo"), "model name");
        double gigabytes =
                Double.parseDouble(value(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "")) / 1e6;
        return new Machine(String.format(
                Locale.ROOT,
                "%d cores (%s), %.0f GB of memory; %s, Linux %s; Godwit %s; %s",
                Runtime.getRuntime().availableProcessors(),
                processor,
                gigabytes,
                value(Path.of("/etc/os-release"), "PRETTY_NAME").replace("\"", ""),
                System.getProperty("os.version"),
                commit(),
                System.getProperty("java.vendor.version", "Java " + Runtime.version())));
    }

    /** The averages of 1, 5 and 15 minutes. */
    static String load() throws IOException {
        String[] words = Files.readString(Path.of("/proc/loadavg")).split(" ", 4);
        return words[0] + ", " + words[1] + ", " + words[2];
    }

    private static String value(Path file, String key) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.split("[:=]", 2)[1].strip())
                .findFirst()
                .orElse("unknown");
    }

    /**
     * What was built: measuring needs no repository, but then nobody knows. Results that were written a moment ago change
     * nothing.
     */
    private static String commit() throws InterruptedException {
        try {
            String home = LabHost.home().toString();
            String changed = said(
                    "git",
                    "-C",
                    home,
                    "status",
                    "--porcelain",
                    "--untracked-files=no",
                    "--",
                    ".",
                    ":!" + Results.DOCUMENT);
            return said("git", "-C", home, "describe", "--always", "--abbrev=10") + (changed.isEmpty() ? "" : "-dirty");
        } catch (IOException | LabException e) {
            return "of an unknown commit";
        }
    }

    /** What a program on this machine says. */
    static String said(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new LabException(
                    ExitCode.FAILURE, "Expected " + String.join(" ", command) + " to succeed, but found " + said);
        }
        return said;
    }
}
