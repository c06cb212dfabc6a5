package dev.godwit.api.migration;

import dev.godwit.api.openapi.Call;
import dev.godwit.api.openapi.Doc;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.migration.Command;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.authentication.Authentication;
import org.jspecify.annotations.Nullable;

/** What a person says to a migration. */
@Controller("/api/v1/migrations/{id}")
@ExecuteOn(TaskExecutors.BLOCKING)
final class SteeringController {
    private static final String ANSWER = "The command was taken; this is the status after it";

    private final Commands commands;

    SteeringController(Commands commands) {
        this.commands = commands;
    }

    @Post("/approval")
    @Call(
            value = "Opens the gate before the cutover",
            more = "Bound to the plan that was reviewed: its hash is named.",
            answer = ANSWER,
            body = MigrationView.class,
            problems = ProblemType.CALL_DOES_NOT_FIT)
    MigrationView approval(
            @PathVariable @Doc(MigrationId.MEANING) String id,
            @Body ApprovalBody body,
            Authentication actor,
            @Doc(IdempotencyKey.MEANING) @Header(IdempotencyKey.HEADER) @Nullable IdempotencyKey key) {
        return commands.send(id, new Command.Approve(actor.getName(), body.reason(), body.plan()), key);
    }

    @Post("/pause")
    @Call(
            value = "Begins no further step until somebody resumes",
            answer = ANSWER,
            body = MigrationView.class,
            problems = ProblemType.CALL_DOES_NOT_FIT)
    MigrationView pause(
            @PathVariable @Doc(MigrationId.MEANING) String id,
            @Body ReasonBody body,
            Authentication actor,
            @Doc(IdempotencyKey.MEANING) @Header(IdempotencyKey.HEADER) @Nullable IdempotencyKey key) {
        return commands.send(id, new Command.Pause(actor.getName(), body.reason()), key);
    }

    @Post("/resume")
    @Call(
            value = "Goes on after a pause",
            answer = ANSWER,
            body = MigrationView.class,
            problems = ProblemType.CALL_DOES_NOT_FIT)
    MigrationView resume(
            @PathVariable @Doc(MigrationId.MEANING) String id,
            @Body ReasonBody body,
            Authentication actor,
            @Doc(IdempotencyKey.MEANING) @Header(IdempotencyKey.HEADER) @Nullable IdempotencyKey key) {
        return commands.send(id, new Command.Resume(actor.getName(), body.reason()), key);
    }

    @Post("/decision")
    @Call(
            value = "Decides about a step whose retries have ended",
            answer = ANSWER,
            body = MigrationView.class,
            problems = ProblemType.CALL_DOES_NOT_FIT)
    MigrationView decision(
            @PathVariable @Doc(MigrationId.MEANING) String id,
            @Body DecisionBody body,
            Authentication actor,
            @Doc(IdempotencyKey.MEANING) @Header(IdempotencyKey.HEADER) @Nullable IdempotencyKey key) {
        return commands.send(id, new Command.Decide(actor.getName(), body.reason(), body.step(), body.choice()), key);
    }

    @Post("/rollback")
    @Call(
            value = "Puts the source back",
            more =
                    "After the point of no return it is refused unless the caller accepts the loss of what was written on the"
                            + " target since; the refusal says how many rows that is.",
            answer = ANSWER,
            body = MigrationView.class,
            problems = {ProblemType.CALL_DOES_NOT_FIT, ProblemType.LOSES_WRITES})
    MigrationView rollback(
            @PathVariable @Doc(MigrationId.MEANING) String id,
            @Body RollbackBody body,
            Authentication actor,
            @Doc(IdempotencyKey.MEANING) @Header(IdempotencyKey.HEADER) @Nullable IdempotencyKey key) {
        return commands.send(id, new Command.RollBack(actor.getName(), body.reason(), body.acceptLoss()), key);
    }

    @Post("/finish")
    @Call(
            value = "Ends the soak now",
            answer = ANSWER,
            body = MigrationView.class,
            problems = ProblemType.CALL_DOES_NOT_FIT)
    MigrationView finish(
            @PathVariable @Doc(MigrationId.MEANING) String id,
            @Body ReasonBody body,
            Authentication actor,
            @Doc(IdempotencyKey.MEANING) @Header(IdempotencyKey.HEADER) @Nullable IdempotencyKey key) {
        return commands.send(id, new Command.Finish(actor.getName(), body.reason()), key);
    }
}
