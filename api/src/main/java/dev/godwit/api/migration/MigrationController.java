package dev.godwit.api.migration;

import dev.godwit.api.openapi.Call;
import dev.godwit.api.openapi.Doc;
import dev.godwit.api.problem.ProblemType;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import org.reactivestreams.Publisher;

/** Following one migration. */
@Controller("/api/v1/migrations/{id}")
@ExecuteOn(TaskExecutors.BLOCKING)
final class MigrationController {
    private final Engine engine;
    private final Runs runs;
    private final Statuses statuses;
    private final Feeds feeds;
    private final Timeouts timeouts;

    MigrationController(Engine engine, Runs runs, Statuses statuses, Feeds feeds, Timeouts timeouts) {
        this.engine = engine;
        this.runs = runs;
        this.statuses = statuses;
        this.feeds = feeds;
        this.timeouts = timeouts;
    }

    @Get("/events")
    @Produces(MediaType.TEXT_EVENT_STREAM)
    @Call(
            value = "Streams every change of the status",
            more =
                    "Server-sent events named 'status', each with the whole status as its data: the first at once, the last"
                            + " when the migration is over; then the stream ends. Comments show that it is alive.",
            answer = "A stream of events",
            body = MigrationView.class)
    Publisher<StatusEvent> events(@PathVariable @Doc(MigrationId.MEANING) String id) {
        return feeds.of(runs.find(id).id());
    }

    @Get("/history")
    @Call(
            value = "Tells what happened, when, by whom and why",
            more = "With format=temporal: the raw history of the workflow, which Temporal's replayer reads.",
            answer = "The history, oldest first",
            body = {JournalView.class, Object.class},
            problems = ProblemType.NO_WORKER)
    HttpResponse<?> history(
            @PathVariable @Doc(MigrationId.MEANING) String id,
            @Doc("How it is told") @QueryValue(defaultValue = "journal") HistoryFormat format) {
        Run run = runs.find(id);
        return switch (format) {
            case JOURNAL -> HttpResponse.ok(new JournalView(run.id().text(), statuses.journal(run)));
            case TEMPORAL ->
                HttpResponse.ok(engine.ask(
                                timeouts.command(),
                                () -> engine.client()
                                        .fetchHistory(
                                                run.execution().getWorkflowId(),
                                                run.execution().getRunId())
                                        .toJson(true)))
                        .contentType(MediaType.APPLICATION_JSON_TYPE);
        };
    }

    @Get("/evidence")
    @Call(
            value = "Gives the evidence of a migration that has ended",
            answer = "How it ended, its steps, who had a part in it, and the audit",
            body = EvidenceView.class,
            problems = {ProblemType.NOT_ENDED, ProblemType.NO_WORKER})
    EvidenceView evidence(@PathVariable @Doc(MigrationId.MEANING) String id) {
        Run run = runs.find(id);
        if (run.isOpen()) {
            throw run.refused(
                    ProblemType.NOT_ENDED,
                    "Expected a migration that has ended, but found that it runs or waits; look at its status");
        }
        return EvidenceView.of(statuses.of(run), statuses.journal(run));
    }
}
