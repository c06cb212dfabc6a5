package dev.godwit.api.migration;

import dev.godwit.api.http.Yaml;
import dev.godwit.api.openapi.Call;
import dev.godwit.api.problem.ProblemType;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;

/** What would happen. */
@Controller("/api/v1/plans")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PlansController {
    private final Preflights preflights;

    PlansController(Preflights preflights) {
        this.preflights = preflights;
    }

    @Post
    @Consumes({MediaType.APPLICATION_JSON, Yaml.MEDIA_TYPE})
    @Call(
            value = "Looks at both servers and plans the migration",
            more = "Runs the preflight, waits for it and changes nothing.",
            answer = "What was found, and the steps that would run",
            body = PlanView.class,
            problems = {ProblemType.PREFLIGHT_FAILED})
    PlanView plan(@Body PlanBody body) {
        return preflights.plan(body.spec());
    }
}
