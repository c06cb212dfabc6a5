/** Hosts the Temporal worker: configuration, secrets and the wiring of what it runs. */
@NullMarked
package dev.godwit.worker;

import org.jspecify.annotations.NullMarked;
