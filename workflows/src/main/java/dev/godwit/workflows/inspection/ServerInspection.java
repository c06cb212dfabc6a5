package dev.godwit.workflows.inspection;

import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Inspection;
import io.temporal.activity.ActivityInterface;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at both servers: ssh, privilege, system, clock, disk, tools, units, crontabs, folders. */
@ActivityInterface(namePrefix = "Server.")
public interface ServerInspection {
    /** The codes of findings after which no other system can be asked: nobody can log in. */
    Set<String> NO_LOGIN = Stream.of(
                    FailureType.HOST_UNREACHABLE,
                    FailureType.HOST_KEY_CHANGED,
                    FailureType.LOGIN_REFUSED,
                    FailureType.SECRET_UNAVAILABLE,
                    FailureType.SECRET_NOT_HERE,
                    FailureType.COMMAND_FAILED)
            .map(FailureType::code)
            .collect(Collectors.toUnmodifiableSet());

    Inspection<Void> inspectServers(InspectServers request);
}
