package dev.godwit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.temporal.activity.ActivityInterface;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An activity that nobody offers would let a migration wait forever. */
class WorkerBeansTest {
    @Test
    void shouldOfferEachActivityOnce() {
        List<Class<?>> offered = Arrays.stream(WorkerBeans.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(ActivityBean.class))
                .<Class<?>>flatMap(method -> activityInterfaces(method.getReturnType()))
                .toList();
        assertThat(offered).containsExactlyInAnyOrderElementsOf(all());
    }

    private static List<Class<?>> all() {
        return new ClassFileImporter()
                .importPackages("dev.godwit.workflows").stream()
                        .filter(type -> type.isAnnotatedWith(ActivityInterface.class))
                        .<Class<?>>map(JavaClass::reflect)
                        .toList();
    }

    private static Stream<Class<?>> activityInterfaces(Class<?> type) {
        return Stream.concat(Stream.of(type), Arrays.stream(type.getInterfaces()))
                .filter(candidate -> candidate.isAnnotationPresent(ActivityInterface.class));
    }
}
