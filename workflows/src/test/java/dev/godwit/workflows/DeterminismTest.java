package dev.godwit.workflows;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Date;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.BaseStream;
import org.junit.jupiter.api.Test;

/** Workflow code touches no clock, randomness, I/O or logger but Temporal's: a replay must see what the first run saw. */
class DeterminismTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.godwit.workflows");

    @Test
    void shouldReadNoClock() {
        noClocks().check(CLASSES);
    }

    @Test
    void shouldUseNoRandomnessThreadsOrLoggers() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, ThreadLocalRandom.class, Thread.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("org.slf4j..", "java.util.logging..")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .check(CLASSES);
    }

    @Test
    void shouldRunNothingBeside() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(CompletableFuture.class, Executor.class, ExecutorService.class)
                .orShould()
                .callMethodWhere(target(name("parallelStream"))
                        .or(target(name("parallel")).and(target(owner(assignableTo(BaseStream.class))))))
                .check(CLASSES);
    }

    @Test
    void shouldReadNothingOfTheMachine() {
        noClasses()
                .should()
                .callMethodWhere(target(owner(type(System.class)))
                        .and(target(nameMatching("getenv|getProperty|getProperties|lineSeparator|identityHashCode"))))
                .check(CLASSES);
    }

    @Test
    void shouldDoNoInputOrOutput() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net.http..",
                        "java.nio.file..",
                        "java.sql..",
                        "net.schmizz..",
                        "org.xbill..",
                        "io.micronaut..")
                .check(CLASSES);
    }

    private static ArchRule noClocks() {
        return noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethodWhere(target(name("now")).and(target(owner(resideInAPackage("java.time..")))))
                .orShould()
                .callConstructor(Date.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class);
    }
}
