package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.Step;
import dev.godwit.workflows.spec.Side;

/** Which steps change who answers visitors. */
final class Serving {
    private Serving() {}

    static void beforeAct(Step step, StatusBoard board) {
        if (step instanceof Step.ServePage) {
            board.outageBegins();
        }
    }

    static void afterAct(Step step, StatusBoard board) {
        if (step instanceof Step.ForwardRequests) {
            board.serves(Side.TARGET);
        }
    }

    static void afterUndo(Step step, StatusBoard board) {
        if (step instanceof Step.ForwardRequests) {
            board.outageBegins();
        } else if (step instanceof Step.ServePage) {
            board.serves(Side.SOURCE);
        }
    }
}
