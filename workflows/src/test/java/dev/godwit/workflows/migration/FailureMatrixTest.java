package dev.godwit.workflows.migration;

/** The matrix with a worker that remembers where each migration is. */
class FailureMatrixTest extends FailureMatrix {
    FailureMatrixTest() {
        super(TestEngine.CACHE);
    }
}
