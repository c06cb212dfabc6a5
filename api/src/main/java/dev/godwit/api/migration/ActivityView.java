package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is being done right now for a step. */
public record ActivityView(
        @Doc("Which attempt it is, from 1") int attempt,
        @Doc("Why the last attempt failed") @Nullable String lastFailure,

        @Doc("When the next attempt begins, while none runs") @Nullable
        Instant nextAttemptAt,

        @Doc("What exactly is being done") @Nullable String doing,
        @Doc("Bytes done") @Nullable Long doneBytes,
        @Doc("Bytes in all, if known") @Nullable Long totalBytes,

        @Doc("How long it will take from here, from its speed until now") @Nullable
        Duration timeLeft) {}
