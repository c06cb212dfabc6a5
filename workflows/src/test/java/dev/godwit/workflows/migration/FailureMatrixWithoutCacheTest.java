package dev.godwit.workflows.migration;

/** The matrix with a worker that remembers nothing: every task replays its migration from the beginning. */
class FailureMatrixWithoutCacheTest extends FailureMatrix {
    FailureMatrixWithoutCacheTest() {
        super(TestEngine.NO_CACHE);
    }
}
