package dev.godwit.workflows.migration;

/** Unwinds the forward path: somebody, or the budget, said that the source is to be put back. */
final class RollBackRequested extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RollBackRequested(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
