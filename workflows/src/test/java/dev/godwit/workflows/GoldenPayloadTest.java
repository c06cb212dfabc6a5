package dev.godwit.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import dev.godwit.workflows.activity.Act;
import dev.godwit.workflows.activity.Inspect;
import dev.godwit.workflows.activity.Inspection;
import dev.godwit.workflows.activity.Look;
import dev.godwit.workflows.activity.Loss;
import dev.godwit.workflows.activity.LossQuestion;
import dev.godwit.workflows.activity.MigrationContext;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.activity.Progress;
import dev.godwit.workflows.activity.Undo;
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
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Finding;
import dev.godwit.workflows.plan.Phase;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.plan.Step;
import dev.godwit.workflows.spec.DnsRecord;
import dev.godwit.workflows.spec.Side;
import dev.godwit.workflows.spec.Spec;
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
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;

/**
 * One file for each type that travels in payloads: what old histories hold. A new field may be added to a file together
 * with its type; nothing in a file is ever renamed or removed (docs/adr/0005).
 */
class GoldenPayloadTest {
    private static final Spec SPEC = Specs.shop();
    private static final MigrationContext MIGRATION =
            new MigrationContext("shop-1", SPEC.service(), SPEC.source(), SPEC.target());
    private static final Step.UnitStep UNITS = new Step.StopUnits(Side.SOURCE, SPEC.units(), true);
    private static final Step.ServePage PAGE = new Step.ServePage(SPEC.proxy());
    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");

    static Stream<Arguments> payloads() {
        return Stream.of(
                payload("inspect", new Inspect(SPEC), new TypeReference<Inspect>() {}),
                payload(
                        "inspection",
                        new Inspection(
                                List.of(Finding.warning("clock", "target", "Expected one clock", "run chrony")),
                                Specs.facts()),
                        new TypeReference<Inspection>() {}),
                payload(
                        "look",
                        new Look<>(MIGRATION, "stop-service", UNITS),
                        new TypeReference<Look<Step.UnitStep>>() {}),
                payload(
                        "act",
                        new Act<>(
                                MIGRATION,
                                "serve-page",
                                PAGE,
                                new BeforeImage.Files(List.of(new BeforeImage.SavedFile("/etc/x", true, "abc")))),
                        new TypeReference<Act<Step.ServePage>>() {}),
                payload(
                        "undo",
                        new Undo<>(
                                MIGRATION,
                                "stop-service",
                                UNITS,
                                new BeforeImage.Units(
                                        List.of(new BeforeImage.UnitState("shop.service", "active", "enabled")))),
                        new TypeReference<Undo<Step.UnitStep>>() {}),
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
                        new BeforeImage.Records(List.of(new BeforeImage.RecordSet(
                                "shop.example.org", DnsRecord.Type.A, List.of("10.66.0.2"), Duration.ofMinutes(5)))),
                        new TypeReference<BeforeImage>() {}),
                payload(
                        "before-database",
                        new BeforeImage.Database(false, List.of("shop")),
                        new TypeReference<BeforeImage>() {}),
                payload("before-fence", new BeforeImage.Fence(-1), new TypeReference<BeforeImage>() {}),
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
        PlannedStep planned = new PlannedStep("serve-page", Phase.CUTOVER, PAGE, false, Duration.ZERO);
        return new MigrationStatus(
                "shop-1",
                "shop.example.org",
                AT,
                Phase.CUTOVER,
                Side.SOURCE,
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
    void shouldReadAndWriteWhatOldHistoriesHold(String name, Object value, Type type) {
        String golden = golden(name);

        assertThat(GodwitJson.mapper().readTree(GodwitJson.mapper().writeValueAsString(value)))
                .as(
                        "the written form; the file should hold %s",
                        GodwitJson.mapper().writeValueAsString(value))
                .isEqualTo(GodwitJson.mapper().readTree(golden));
        JavaType javaType = GodwitJson.mapper().constructType(type);
        assertThatObject(GodwitJson.mapper().<Object>readValue(golden, javaType))
                .isEqualTo(value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("payloads")
    void shouldIgnoreAFieldOfALaterVersion(String name, Object value, Type type) {
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
