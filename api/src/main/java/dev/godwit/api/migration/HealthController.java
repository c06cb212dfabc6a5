package dev.godwit.api.migration;

import dev.godwit.api.openapi.Call;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;

/** Whether Godwit can work. */
@Controller("/api/v1/health")
@ExecuteOn(TaskExecutors.BLOCKING)
final class HealthController {
    private final Health health;

    HealthController(Health health) {
        this.health = health;
    }

    @Get
    @Secured(SecurityRule.IS_ANONYMOUS)
    @Call(
            value = "Tells whether Godwit can work",
            more = "Needs no token. 503 with the same body if the engine or the worker is missing.",
            answer = "All parts are there",
            body = HealthView.class,
            otherStatus = 503,
            asksEngine = false)
    HttpResponse<HealthView> health() {
        HealthView now = health.now();
        return HttpResponse.status(now.healthy() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .body(now);
    }
}
