package dev.godwit.worker;

import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.SshServers;
import dev.godwit.activities.link.SshHostLink;
import dev.godwit.activities.secrets.FileSecrets;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.activity.HostLink;
import dev.godwit.workflows.migration.MigrationWorkflowImpl;
import dev.godwit.workflows.migration.PreflightWorkflowImpl;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * What the worker offers, put together by hand so that it can be read: the implementation of each activity interface,
 * marked {@link ActivityBean}, and of each workflow. A new system is a new method here.
 */
@Factory
final class WorkerBeans {
    @Singleton
    WorkflowTypes workflowTypes() {
        return new WorkflowTypes(List.of(MigrationWorkflowImpl.class, PreflightWorkflowImpl.class));
    }

    @Singleton
    Secrets secrets(Folders folders) {
        return new FileSecrets(folders.secrets());
    }

    @Singleton
    @Bean(preDestroy = "close")
    SshServers servers(Secrets secrets) {
        return new SshServers(secrets);
    }

    @Singleton
    @ActivityBean
    HostLink hostLink(Servers servers) {
        return new SshHostLink(servers);
    }
}
