package dev.godwit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.activity.Certificates;
import dev.godwit.workflows.activity.Crontabs;
import dev.godwit.workflows.activity.DatabaseCopy;
import dev.godwit.workflows.activity.DatabaseFence;
import dev.godwit.workflows.activity.DnsRecords;
import dev.godwit.workflows.activity.FileSync;
import dev.godwit.workflows.activity.Hooks;
import dev.godwit.workflows.activity.HostLink;
import dev.godwit.workflows.activity.ProxyRouting;
import dev.godwit.workflows.activity.ServerInspection;
import dev.godwit.workflows.activity.ServiceChecks;
import dev.godwit.workflows.activity.ServiceUnits;
import io.temporal.activity.ActivityInterface;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An activity that nobody offers would let a migration wait forever. */
class WorkerBeansTest {
    private static final Set<Class<?>> ALL = Set.of(
            Certificates.class,
            Crontabs.class,
            DatabaseCopy.class,
            DatabaseFence.class,
            DnsRecords.class,
            FileSync.class,
            Hooks.class,
            HostLink.class,
            ProxyRouting.class,
            ServerInspection.class,
            ServiceChecks.class,
            ServiceUnits.class);

    @Test
    void shouldOfferEachActivityOnce() {
        List<Class<?>> offered = Arrays.stream(WorkerBeans.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(ActivityBean.class))
                .<Class<?>>flatMap(method -> activityInterfaces(method.getReturnType()))
                .toList();
        assertThat(offered).containsExactlyInAnyOrderElementsOf(ALL);
    }

    private static Stream<Class<?>> activityInterfaces(Class<?> type) {
        return Stream.concat(Stream.of(type), Arrays.stream(type.getInterfaces()))
                .filter(candidate -> candidate.isAnnotationPresent(ActivityInterface.class));
    }
}
