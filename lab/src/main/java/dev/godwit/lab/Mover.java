package dev.godwit.lab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.api.migration.EvidenceView;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.workflows.migration.Choice;
import dev.godwit.workflows.migration.StepState;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.SpecReader;
import dev.godwit.workflows.step.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Moves the site as an operator does, call by call, and shows what happens. */
public final class Mover {
    /** How long any stretch of the migration may take; far more than it does. */
    private static final Duration STRETCH = Duration.ofMinutes(12);

    /** The demo ends the soak by itself; this is for when it is gone. */
    private static final Duration LONGEST_SOAK = Duration.ofMinutes(15);

    /** cron looks once a minute. */
    private static final Duration CRON_RUNS = Duration.ofSeconds(90);

    private static final Duration TRAFFIC_FLOWS = Duration.ofSeconds(30);

    private final LabSession session;
    private final Terminal terminal;
    private final GodwitApi api;
    private final Progress progress;
    private final String yaml;
    private @Nullable PlanView plan;
    private @Nullable String id;
    private Instant trafficBegan = Instant.EPOCH;

    public Mover(LabSession session, Terminal terminal) {
        this(session, terminal, Budget.DEFAULT.decision());
    }

    /**
     * A mover.
     *
     * @param decision how long a failure in the outage waits for a person
     */
    Mover(LabSession session, Terminal terminal, Duration decision) {
        this.session = session;
        this.terminal = terminal;
        this.api = session.api();
        this.progress = new Progress(terminal);
        this.yaml = DemoSpec.yaml(session.environment(), LONGEST_SOAK, decision);
    }

    /** Sends readers and writers that never stop, and waits until they are answered. */
    public void startTraffic() throws InterruptedException {
        terminal.heading("Traffic: readers and writers that never stop");
        trafficBegan = Instant.now();
        session.lab().startTraffic();
        if (!Await.until(
                TRAFFIC_FLOWS, Duration.ofMillis(500), () -> trafficNow().ok() > 0)) {
            throw new LabException(
                    ExitCode.FAILURE, "Expected the site to answer the client, but found " + trafficNow());
        }
        TrafficReport now = trafficNow();
        terminal.event("answered: " + Words.counts(now.byStatus()) + "; by " + Words.counts(now.answeredBy()));
    }

    private TrafficReport trafficNow() {
        return session.lab().trafficReport(0, Double.POSITIVE_INFINITY);
    }

    /** When the traffic began. */
    Instant trafficBegan() {
        return trafficBegan;
    }

    /** Asks for the plan, which changes nothing, and shows it. */
    public PlanView plan() throws IOException, InterruptedException {
        terminal.heading("The spec, and POST /plans");
        Path file = Files.writeString(session.godwit().data().resolve("shop.yaml"), yaml);
        terminal.text(yaml);
        terminal.event("it is in " + file);
        PlanView made = api.plan(yaml);
        plan = made;
        terminal.text(Checklist.of(made));
        if (!made.startable()) {
            throw new LabException(
                    ExitCode.FAILURE,
                    "Expected a plan that can start, but found blockers: "
                            + made.findings().stream()
                                    .filter(finding -> finding.severity() == Finding.Severity.BLOCKER)
                                    .map(Finding::message)
                                    .toList());
        }
        return made;
    }

    /** Starts the migration of the plan that was shown, and follows it until it asks for the approval or fails. */
    public void start() throws IOException, InterruptedException {
        terminal.heading("POST /migrations, and its events");
        JsonNode spec = SpecReader.tree(yaml, SpecReader.Format.YAML);
        MigrationView started =
                api.start(spec, planMade().plan(), UUID.randomUUID().toString(), "the demo moves the shop");
        id = started.id();
        terminal.event("migration " + id);
    }

    /** Approves the plan at the gate. */
    public void approve() throws IOException, InterruptedException {
        follow(view -> waitsFor(view, Waiting.For.APPROVAL));
        terminal.event("POST /migrations/" + id() + "/approval");
        api.approve(id(), planMade().plan(), "the rehearsal's answers are the same");
    }

    /** Approves the plan if the gate asks for it now. */
    void approveIfAsked() throws IOException, InterruptedException {
        if (waitsFor(status(), Waiting.For.APPROVAL)) {
            approve();
        }
    }

    /** Lets it soak, and until cron has run on the target. */
    public void soak(Duration atLeast) throws IOException, InterruptedException {
        MigrationView soaking = follow(view -> isWaiting(view, "soak"));
        Instant until = Instant.now().plus(atLeast);
        terminal.event("it soaks for " + Words.time(atLeast) + ", and until cron has run on new");
        boolean ran = Await.until(
                CRON_RUNS.plus(atLeast),
                Duration.ofSeconds(1),
                () -> Instant.now().isAfter(until) && cronRunsOn("new") > 0);
        if (!ran) {
            terminal.event("cron has not run on new within " + Words.time(CRON_RUNS));
        }
        progress.accept(soaking);
    }

    /** Ends the soak, and waits for the end. */
    public MigrationView finish() throws IOException, InterruptedException {
        endSoak();
        return ended();
    }

    /** Ends the soak. */
    void endSoak() throws IOException, InterruptedException {
        terminal.event("POST /migrations/" + id() + "/finish");
        api.finish(id(), "the shop is well on new");
    }

    /** Waits for the end. */
    MigrationView ended() throws IOException, InterruptedException {
        return follow(view -> view.outcome() != null);
    }

    /** Its status now. */
    MigrationView status() throws IOException, InterruptedException {
        return api.status(id());
    }

    /** What is kept of it when it has ended. */
    EvidenceView evidence() throws IOException, InterruptedException {
        return api.evidence(id());
    }

    /** Waits until the step fails, and decides to roll back. */
    MigrationView rollBackWhenItFails(String step) throws IOException, InterruptedException {
        awaitFailure(step);
        decideToRollBack(step);
        return ended();
    }

    /** Waits, with an approval on the way, until it asks for a decision about the step. */
    void awaitFailure(String step) throws IOException, InterruptedException {
        MigrationView view = follow(now -> waitsFor(now, Waiting.For.APPROVAL) || waitsFor(now, Waiting.For.DECISION));
        if (waitsFor(view, Waiting.For.APPROVAL)) {
            approve();
            view = follow(now -> waitsFor(now, Waiting.For.DECISION));
        }
        Waiting waiting = view.waiting();
        if (waiting == null
                || !waiting.step().equals(step)
                || !waiting.options().contains(Choice.ROLL_BACK)) {
            throw new LabException(
                    ExitCode.FAILURE, "Expected a decision about " + step + " to be asked for, but found " + waiting);
        }
    }

    void decideToRollBack(String step) throws IOException, InterruptedException {
        terminal.event("POST /migrations/" + id() + "/decision: roll back");
        api.decide(id(), step, "roll-back", "the demo made " + step + " fail");
    }

    /** Follows until a condition holds. */
    MigrationView follow(Predicate<MigrationView> condition) throws IOException, InterruptedException {
        return api.follow(id(), STRETCH, progress, condition);
    }

    private long cronRunsOn(String host) {
        return Long.parseLong(session.lab()
                .sql(
                        host,
                        session.environment().databaseName(),
                        "SELECT count(*) FROM cron_runs WHERE host = '" + host + "'")
                .strip());
    }

    public static boolean waitsFor(MigrationView view, Waiting.For what) {
        Waiting waiting = view.waiting();
        return waiting != null && waiting.what() == what;
    }

    private static boolean isWaiting(MigrationView view, String step) {
        return view.steps().stream().anyMatch(each -> each.id().equals(step) && each.state() == StepState.WAITING);
    }

    private PlanView planMade() {
        if (plan == null) {
            throw new IllegalStateException("Expected a plan, but none was asked for");
        }
        return plan;
    }

    private String id() {
        if (id == null) {
            throw new IllegalStateException("Expected a migration, but none was started");
        }
        return id;
    }
}
