package dev.godwit.workflows.migration;

import io.temporal.workflow.UpdateInfo;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/** The commands that a migration took under keys. */
public final class TakenCommands {
    private final List<CommandId> ids = new ArrayList<>();

    /** Remembers the command of the update that is being carried out, if it came under a key. */
    public void take() {
        Workflow.getCurrentUpdateInfo()
                .map(UpdateInfo::getUpdateId)
                .flatMap(CommandId::parse)
                .ifPresent(ids::add);
    }

    /** Their ids, oldest first. */
    public List<CommandId> ids() {
        return List.copyOf(ids);
    }
}
