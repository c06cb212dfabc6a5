package dev.godwit.api.migration;

import dev.godwit.api.http.Yaml;
import dev.godwit.api.openapi.Call;
import dev.godwit.api.openapi.Doc;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.step.Phase;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.authentication.Authentication;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Starting migrations and finding them. */
@Controller("/api/v1/migrations")
@ExecuteOn(TaskExecutors.BLOCKING)
final class MigrationsController {
    private final Starter starter;
    private final Statuses statuses;
    private final MigrationIndex index;

    MigrationsController(Starter starter, Statuses statuses, MigrationIndex index) {
        this.starter = starter;
        this.statuses = statuses;
        this.index = index;
    }

    @Post
    @Consumes({MediaType.APPLICATION_JSON, Yaml.MEDIA_TYPE})
    @Call(
            value = "Starts a migration",
            more =
                    "The body is a spec, or a spec with the hash of a plan seen before and a reason. With a hash the answer"
                            + " comes when today's plan is known, and nothing is done if it is another one.",
            status = 201,
            answer = "The migration has been started",
            body = MigrationView.class,
            headers = "Location",
            problems = {ProblemType.SERVICE_ALREADY_MOVING, ProblemType.PLAN_CHANGED, ProblemType.PREFLIGHT_FAILED})
    HttpResponse<MigrationView> start(
            @Body StartBody body,
            Authentication actor,
            @Doc(IdempotencyKey.MEANING) @Header(IdempotencyKey.HEADER) @Nullable IdempotencyKey key) {
        MigrationView view = starter.start(body, actor, key);
        return HttpResponse.created(view, URI.create("/api/v1/migrations/" + view.id()));
    }

    @Get
    @Call(
            value = "Lists migrations, the newest first",
            more = "What has just been started or has just changed may be missing for a moment.",
            answer = "Some migrations",
            body = MigrationPage.class)
    MigrationPage list(
            @Doc("Only those in this phase") @QueryValue @Nullable Phase phase,
            @Doc("Only those of this service") @QueryValue @Nullable ServiceName service,
            @Doc("Only those with this outcome") @QueryValue @Nullable Outcome outcome,
            @Doc("How many, 1 to 100") @QueryValue(defaultValue = "20") PageSize limit,
            @Doc("What the page before gave as 'next'") @QueryValue @Nullable Cursor cursor) {
        return index.list(
                new MigrationFilter(phase, service == null ? null : service.text(), outcome),
                limit.count(),
                cursor == null ? null : cursor.text());
    }

    @Get("/{id}")
    @Call(
            value = "Tells the status of a migration",
            more = "Always answers: if no worker does in time, with what the engine knows, marked as partial.",
            answer = "The status",
            body = MigrationView.class)
    MigrationView status(@PathVariable @Doc(MigrationId.MEANING) String id) {
        return statuses.of(id);
    }
}
