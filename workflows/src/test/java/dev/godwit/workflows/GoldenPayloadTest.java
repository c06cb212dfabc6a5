package dev.godwit.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import dev.godwit.workflows.certificates.InspectCertificates;
import dev.godwit.workflows.checks.InspectChecks;
import dev.godwit.workflows.checks.Sighting;
import dev.godwit.workflows.checks.Watched;
import dev.godwit.workflows.database.InspectDatabases;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.database.LossQuestion;
import dev.godwit.workflows.database.PostgresqlFence;
import dev.godwit.workflows.database.TargetDatabase;
import dev.godwit.workflows.dns.DnsFacts;
import dev.godwit.workflows.dns.DnsRecord;
import dev.godwit.workflows.dns.RecordSet;
import dev.godwit.workflows.dns.RecordSets;
import dev.godwit.workflows.inspection.InspectServers;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.link.Reach;
import dev.godwit.workflows.migration.Choice;
import dev.godwit.workflows.migration.Command;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.JournalEntry;
import dev.godwit.workflows.migration.MigrationRequest;
import dev.godwit.workflows.migration.MigrationStatus;
import dev.godwit.workflows.migration.Specs;
import dev.godwit.workflows.migration.StepState;
import dev.godwit.workflows.migration.StepStatus;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.migration.WatchWorkflow;
import dev.godwit.workflows.migration.Watching;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.proxy.SiteStep;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Progress;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.step.SavedFiles;
import dev.godwit.workflows.step.Serving;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.units.UnitState;
import dev.godwit.workflows.units.UnitStates;
import dev.godwit.workflows.units.UnitStep;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One file for each type that travels in payloads: what old histories hold. A new field may be added to a file together
 * with its type; nothing in a file is ever renamed or removed (docs/adr/0005).
 */
class GoldenPayloadTest {
    private static final Spec SPEC = Specs.shop();
    private static final MigrationContext MIGRATION =
            new MigrationContext("shop-1", SPEC.service(), SPEC.source(), SPEC.target());
    private static final UnitStep UNITS = new UnitStep.StopUnits(Side.SOURCE, SPEC.units(), true);
    private static final SiteStep.ServePage PAGE = new SiteStep.ServePage(SPEC.proxy());
    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");

    static Stream<Arguments> payloads() {
        return Stream.of(
                payload("inspect", new InspectServers(SPEC), new TypeReference<InspectServers>() {}),
                payload(
                        "inspection",
                        new Inspection<>(
                                List.of(Finding.warning("clock", "target", "Expected one clock", "run chrony")),
                                Specs.facts().dns()),
                        new TypeReference<Inspection<DnsFacts>>() {}),
                payload(
                        "inspect-databases",
                        new InspectDatabases(SPEC.source(), SPEC.target(), SPEC.databases()),
                        new TypeReference<InspectDatabases>() {}),
                payload(
                        "inspect-certificates",
                        new InspectCertificates(
                                SPEC.source(),
                                SPEC.target(),
                                SPEC.tls(),
                                SPEC.proxy().names(),
                                true),
                        new TypeReference<InspectCertificates>() {}),
                payload(
                        "inspect-checks",
                        new InspectChecks(SPEC.service(), SPEC.source(), SPEC.checks()),
                        new TypeReference<InspectChecks>() {}),
                payload("reach", new Reach(MIGRATION, Side.TARGET), new TypeReference<Reach>() {}),
                payload("watched", new Watched(MIGRATION, SPEC.checks()), new TypeReference<Watched>() {}),
                payload("sighting", new Sighting("no answer"), new TypeReference<Sighting>() {}),
                payload(
                        "watch-order",
                        new WatchWorkflow.Order(
                                MIGRATION, SPEC.checks(), AT, Duration.ofDays(3), new Watching(9, 2, AT, "no answer")),
                        new TypeReference<WatchWorkflow.Order>() {}),
                payload("look", new Look<>(MIGRATION, "stop-service", UNITS), new TypeReference<Look<UnitStep>>() {}),
                payload(
                        "act",
                        new Act<>(
                                MIGRATION,
                                "serve-page",
                                PAGE,
                                new SavedFiles(List.of(new SavedFile("/etc/x", true, "abc")))),
                        new TypeReference<Act<SiteStep.ServePage>>() {}),
                payload(
                        "undo",
                        new Undo<>(
                                MIGRATION,
                                "stop-service",
                                UNITS,
                                new UnitStates(List.of(new UnitState("shop.service", "active", "enabled")))),
                        new TypeReference<Undo<UnitStep>>() {}),
                payload("outcome", new Outcome("done", 2, true), new TypeReference<Outcome>() {}),
                payload("progress", new Progress("copying", 1, 2), new TypeReference<Progress>() {}),
                payload("loss", new Loss(3, "orders 3"), new TypeReference<Loss>() {}),
                payload(
                        "loss-question",
                        new LossQuestion(MIGRATION, SPEC.databases()),
                        new TypeReference<LossQuestion>() {}),
                payload("before-nothing", BeforeImage.NOTHING, new TypeReference<BeforeImage>() {}),
                payload(
                        "before-records",
                        new RecordSets(List.of(new RecordSet(
                                "shop.example.org", DnsRecord.Type.A, List.of("10.66.0.2"), Duration.ofMinutes(5)))),
                        new TypeReference<BeforeImage>() {}),
                payload(
                        "before-database",
                        new TargetDatabase(false, List.of("shop")),
                        new TypeReference<BeforeImage>() {}),
                payload("before-fence", new PostgresqlFence(-1), new TypeReference<BeforeImage>() {}),
                payload(
                        "plan-report",
                        new PlanReport(
                                List.of(), Specs.facts(), Planner.plan(SPEC, Specs.facts()), Duration.ofSeconds(40)),
                        new TypeReference<PlanReport>() {}),
                payload(
                        "migration-request",
                        new MigrationRequest("shop-1", SPEC, "abc", "ann", "old server is old"),
                        new TypeReference<MigrationRequest>() {}),
                payload(
                        "command-approve",
                        new Command.Approve("ann", "go", "abc"),
                        new TypeReference<Command.Approve>() {}),
                payload(
                        "command-decide",
                        new Command.Decide("ann", "mended", "serve-page", Choice.RETRY),
                        new TypeReference<Command.Decide>() {}),
                payload("command-pause", new Command.Pause("ann", "lunch"), new TypeReference<Command.Pause>() {}),
                payload("command-resume", new Command.Resume("ann", "back"), new TypeReference<Command.Resume>() {}),
                payload(
                        "command-finish",
                        new Command.Finish("ann", "all well"),
                        new TypeReference<Command.Finish>() {}),
                payload("migration-status", status(), new TypeReference<MigrationStatus>() {}),
                payload(
                        "command-roll-back",
                        new Command.RollBack("ann", "slow", true),
                        new TypeReference<Command.RollBack>() {}),
                payload(
                        "journal-entry",
                        new JournalEntry(AT, "ann", "approved", "serve-page", 1, "found", "go"),
                        new TypeReference<JournalEntry>() {}));
    }

    /** The result of every workflow and command: histories hold it for as long as they are kept. */
    private static MigrationStatus status() {
        PlannedStep planned = new PlannedStep("serve-page", Phase.CUTOVER, 17, PAGE, Duration.ZERO);
        return new MigrationStatus(
                "shop-1",
                "shop.example.org",
                AT,
                Phase.CUTOVER,
                Serving.PAGE,
                false,
                "abc",
                List.of(Finding.note("disk-free", "source", "Found 10 GB", "nothing")),
                List.of(new StepStatus(
                        planned, StepState.FAILED, 5, AT, AT.plusSeconds(9), "no proof", "PROXY_NOT_PROVED")),
                new Waiting(
                        Waiting.For.DECISION,
                        "serve-page",
                        "serve-page failed",
                        AT.plusSeconds(309),
                        List.of(Choice.RETRY, Choice.ROLL_BACK)),
                false,
                false,
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                End.ROLLED_BACK,
                AT.plusSeconds(400),
                "nobody decided",
                17);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("payloads")
    void shouldReadAndWriteWhatOldHistoriesHold(String name, Object value, Type type) throws JsonProcessingException {
        String golden = golden(name);

        assertThat(GodwitJson.read(GodwitJson.write(value)))
                .as("the written form; the file should hold %s", GodwitJson.write(value))
                .isEqualTo(GodwitJson.read(golden));
        JavaType javaType = GodwitJson.mapper().constructType(type);
        assertThatObject(GodwitJson.mapper().<Object>readValue(golden, javaType))
                .isEqualTo(value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("payloads")
    void shouldIgnoreAFieldOfALaterVersion(String name, Object value, Type type) throws JsonProcessingException {
        String golden = golden(name);
        String later = golden.substring(0, golden.lastIndexOf('}')) + ",\"fieldOfALaterVersion\":1}";

        JavaType javaType = GodwitJson.mapper().constructType(type);
        assertThatObject(GodwitJson.mapper().<Object>readValue(later, javaType)).isEqualTo(value);
    }

    private static Arguments payload(String name, Object value, TypeReference<?> type) {
        return Arguments.of(name, value, type.getType());
    }

    private static String golden(String name) {
        try (InputStream file = GoldenPayloadTest.class.getResourceAsStream("/payloads/" + name + ".json")) {
            return file == null ? "{}" : new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
