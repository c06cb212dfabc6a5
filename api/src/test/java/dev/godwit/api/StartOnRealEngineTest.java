package dev.godwit.api;

import io.micronaut.context.annotation.Property;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import org.junit.jupiter.api.condition.EnabledIf;

/** The same against the real development server, with its index of search attributes. */
@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.REAL)
@Property(name = "godwit.api.timeouts.engine", value = "60s") // a hundred callers at once, on a busy machine
@EnabledIf(
        value = "dev.godwit.api.RealEngine#isThere",
        disabledReason = "no 'temporal' on the PATH or in the cache; './godwit up' obtains it once")
class StartOnRealEngineTest extends StartTest {}
