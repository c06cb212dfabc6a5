package dev.godwit.workflows.checks;

import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.WithoutUndo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the service from outside. */
public sealed interface CheckStep extends WithoutUndo {
    List<HttpCheck> checks();

    @Override
    default Effect effect() {
        return Effect.NONE;
    }

    @Override
    default Patience patience() {
        return Patience.CHECK;
    }

    /**
     * Asks the checks at a server's addresses with the service's real name.
     *
     * @param addresses the server's own, and every other one by which visitors will be sent there
     */
    record CheckService(Side on, List<String> addresses, List<HttpCheck> checks) implements CheckStep {
        public CheckService {
            addresses = List.copyOf(addresses);
            checks = List.copyOf(checks);
        }

        @Override
        public String does() {
            return "ask the service on the " + on.word() + ", at " + Words.list(addresses) + ", with its real name: "
                    + checks.size() + " check" + (checks.size() == 1 ? "" : "s");
        }

        /** Before the pivot nobody is sent to a target that does not answer; after it, the jobs wait behind this. */
        @Override
        public boolean skippable() {
            return on == Side.SOURCE;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(ServiceChecks.class).checkService(call.act(this));
        }
    }

    /**
     * Asks both servers the same and compares status, headers, body and latency.
     *
     * @param addresses of the target: its own, whose answers are compared, and every other one that will be published,
     *     where the checks must pass
     */
    record CompareAnswers(List<String> addresses, List<HttpCheck> checks) implements CheckStep {
        public CompareAnswers {
            addresses = List.copyOf(addresses);
            checks = List.copyOf(checks);
        }

        @Override
        public String does() {
            return "ask the source and, at " + Words.list(addresses)
                    + ", the target the same and compare status, headers, body and latency";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }

        @Override
        public boolean skippable() {
            return true;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(ServiceChecks.class).compareAnswers(call.act(this));
        }
    }
}
