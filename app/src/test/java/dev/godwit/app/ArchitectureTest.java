package dev.godwit.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The shape of the code: api → workflows ← activities, worker → workflows + activities, app → api + worker + workflows. */
class ArchitectureTest {
    private static final String WORKFLOWS = "dev.godwit.workflows..";
    private static final String ACTIVITIES = "dev.godwit.activities..";
    private static final String WORKER = "dev.godwit.worker..";
    private static final String API = "dev.godwit.api..";
    private static final String APP = "dev.godwit.app..";
    private static final String LAB = "dev.godwit.lab..";

    @SuppressWarnings("NullAway.Init") // before all tests
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.godwit");
    }

    private static void forbid(String from, String... to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to)
                .check(classes);
    }

    @Test
    void shouldKeepWorkflowsAtTheBottom() {
        forbid(WORKFLOWS, ACTIVITIES, WORKER, API, APP, LAB);
    }

    @Test
    void shouldKeepInputAndOutputOutOfWorkflows() {
        forbid(
                WORKFLOWS,
                "java.net.http..",
                "java.nio.channels..",
                "java.nio.file..",
                "java.sql..",
                "javax.net..",
                "net.schmizz..",
                "org.postgresql..",
                "org.xbill..",
                "io.micronaut..",
                "io.grpc..",
                "io.temporal.serviceclient..",
                "io.temporal.client..");
        noClasses()
                .that()
                .resideInAPackage(WORKFLOWS)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(
                        File.class,
                        FileInputStream.class,
                        FileOutputStream.class,
                        RandomAccessFile.class,
                        Socket.class,
                        ServerSocket.class,
                        DatagramSocket.class,
                        URL.class,
                        URLConnection.class,
                        Process.class,
                        ProcessBuilder.class,
                        Thread.class,
                        LoggerFactory.class)
                .check(classes);
    }

    @Test
    void shouldLetActivitiesKnowOnlyWorkflows() {
        forbid(ACTIVITIES, WORKER, API, APP, LAB, "io.micronaut..");
    }

    @Test
    void shouldLetTheApiKnowOnlyWorkflows() {
        forbid(API, ACTIVITIES, WORKER, APP, LAB);
    }

    @Test
    void shouldKeepApiAndAppOutOfTheWorker() {
        forbid(WORKER, API, APP, LAB);
    }

    @Test
    void shouldKeepHandsAndLabOutOfTheRunnable() {
        forbid(APP, ACTIVITIES, LAB);
    }

    /** The lab has a test of its own, which is the same. */
    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("dev.godwit.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void shouldKeepProvidersToTheirPackages() {
        keep("net.schmizz..", "dev.godwit.activities.host..");
        keep("org.xbill..", "dev.godwit.activities.dns..");
        keep("org.postgresql..", "dev.godwit.activities.database.postgresql..");
    }

    private static void keep(String library, String home) {
        noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(classes);
    }

    @Test
    void shouldKeepTheFoldersOfTheRoot() throws IOException {
        Path root = Path.of("..").toAbsolutePath().normalize();
        Set<String> allowed = Set.of("workflows", "activities", "worker", "api", "app", "lab", "docs", "target");
        try (Stream<Path> files = Files.list(root)) {
            Set<String> folders = files.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .collect(Collectors.toSet());
            assertThat(allowed).containsAll(folders);
            assertThat(folders).contains("workflows", "activities", "worker", "api", "app", "lab");
        }
    }
}
