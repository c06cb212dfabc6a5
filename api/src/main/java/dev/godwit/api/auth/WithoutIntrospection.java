package dev.godwit.api.auth;

import io.micronaut.context.ApplicationContextBuilder;
import io.micronaut.context.ApplicationContextConfigurer;
import io.micronaut.context.annotation.ContextConfigurer;
import java.util.Map;

/** Leaves out the address at which Micronaut's security would tell about tokens: nobody needs it, and no document shows it. */
@ContextConfigurer
public final class WithoutIntrospection implements ApplicationContextConfigurer {
    @Override
    public void configure(ApplicationContextBuilder builder) {
        builder.properties(Map.of("micronaut.security.endpoints.introspection.enabled", "false"));
    }
}
