package dev.godwit.workflows.json;

import com.fasterxml.jackson.databind.jsontype.NamedType;
import dev.godwit.workflows.certificates.CertificateStep;
import dev.godwit.workflows.checks.CheckStep;
import dev.godwit.workflows.crontabs.CrontabStep;
import dev.godwit.workflows.database.DatabaseStep;
import dev.godwit.workflows.database.PostgresqlFence;
import dev.godwit.workflows.database.TargetDatabase;
import dev.godwit.workflows.dns.DnsStep;
import dev.godwit.workflows.dns.RecordSets;
import dev.godwit.workflows.files.FileStep;
import dev.godwit.workflows.gates.Gate;
import dev.godwit.workflows.hooks.HookStep;
import dev.godwit.workflows.link.LinkStep;
import dev.godwit.workflows.proxy.SiteStep;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.SavedFiles;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.units.UnitStates;
import dev.godwit.workflows.units.UnitStep;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The names of the kinds of steps and before-images, as plans and histories write them: a record's class name in lower
 * case with hyphens, {@code copy-files} for {@code CopyFiles}. A new kind in one of these interfaces is known by itself.
 */
public final class Kinds {
    /** One for each system. */
    private static final List<Class<? extends Step>> SYSTEMS = List.of(
            LinkStep.class,
            CertificateStep.class,
            SiteStep.class,
            FileStep.class,
            DatabaseStep.class,
            UnitStep.class,
            CrontabStep.class,
            DnsStep.class,
            CheckStep.class,
            HookStep.class,
            Gate.class);

    private static final List<Class<? extends BeforeImage>> IMAGES = List.of(
            BeforeImage.Nothing.class,
            SavedFiles.class,
            UnitStates.class,
            RecordSets.class,
            TargetDatabase.class,
            PostgresqlFence.class);

    private Kinds() {}

    /** Every kind of step. */
    public static List<Class<?>> steps() {
        return SYSTEMS.stream()
                .<Class<?>>flatMap(system -> Arrays.stream(system.getPermittedSubclasses()))
                .toList();
    }

    /** The name of a kind, such as {@code serve-page}. */
    public static String name(Class<?> kind) {
        return kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /** What the mapper has to know. */
    static NamedType[] named() {
        return Stream.concat(steps().stream(), IMAGES.stream())
                .map(kind -> new NamedType(kind, name(kind)))
                .toArray(NamedType[]::new);
    }
}
