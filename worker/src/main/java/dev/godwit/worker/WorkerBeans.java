package dev.godwit.worker;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.certificates.HostCertificates;
import dev.godwit.activities.checks.HttpServiceChecks;
import dev.godwit.activities.crontabs.UserCrontabs;
import dev.godwit.activities.database.DatabaseActivities;
import dev.godwit.activities.database.postgresql.Postgresql;
import dev.godwit.activities.dns.ZoneRecords;
import dev.godwit.activities.files.RsyncFileSync;
import dev.godwit.activities.hooks.ScriptHooks;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.SshServers;
import dev.godwit.activities.host.SystemdJobs;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.inspection.SshServerInspection;
import dev.godwit.activities.link.SshHostLink;
import dev.godwit.activities.proxy.ProxyActivities;
import dev.godwit.activities.proxy.nginx.NginxLayout;
import dev.godwit.activities.proxy.nginx.NginxServer;
import dev.godwit.activities.secrets.FileSecrets;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.activities.units.SystemdUnits;
import dev.godwit.workflows.certificates.Certificates;
import dev.godwit.workflows.checks.ServiceChecks;
import dev.godwit.workflows.crontabs.Crontabs;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.dns.DnsRecords;
import dev.godwit.workflows.files.FileSync;
import dev.godwit.workflows.hooks.Hooks;
import dev.godwit.workflows.inspection.ServerInspection;
import dev.godwit.workflows.link.HostLink;
import dev.godwit.workflows.migration.MigrationWorkflowImpl;
import dev.godwit.workflows.migration.PreflightWorkflowImpl;
import dev.godwit.workflows.migration.WatchWorkflowImpl;
import dev.godwit.workflows.proxy.NginxProxy;
import dev.godwit.workflows.proxy.ProxyRouting;
import dev.godwit.workflows.units.ServiceUnits;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.exceptions.ConfigurationException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the worker offers, put together by hand so that it can be read: the implementation of each activity interface,
 * marked {@link ActivityBean}, and of each workflow. A new system is a new method here.
 */
@Factory
final class WorkerBeans {
    /** How long a service may take to answer. */
    private static final Duration ANSWER = Duration.ofSeconds(8);

    @Singleton
    WorkflowTypes workflowTypes() {
        return new WorkflowTypes(
                List.of(MigrationWorkflowImpl.class, PreflightWorkflowImpl.class, WatchWorkflowImpl.class));
    }

    @Singleton
    FileSecrets secrets(Folders folders, @Nullable @Property(name = "temporal.address") String cluster) {
        return new FileSecrets(folders.secrets(), ProcessName.ofThis(), cluster != null);
    }

    @Singleton
    SecretValues secretValues(Secrets secrets) {
        return secrets::get;
    }

    @Singleton
    @Bean(preDestroy = "close")
    SshServers servers(Secrets secrets) {
        return new SshServers(secrets);
    }

    @Singleton
    Jobs jobs() {
        return new SystemdJobs();
    }

    @Singleton
    @ActivityBean
    ServerInspection serverInspection(Servers servers) {
        return new SshServerInspection(servers);
    }

    @Singleton
    @ActivityBean
    HostLink hostLink(Servers servers) {
        return new SshHostLink(servers);
    }

    @Singleton
    @ActivityBean
    Certificates certificates(Servers servers) {
        return new HostCertificates(servers);
    }

    @Singleton
    @ActivityBean
    FileSync fileSync(Servers servers, Jobs jobs) {
        return new RsyncFileSync(servers, jobs);
    }

    @Singleton
    @ActivityBean
    DatabaseActivities databases(Servers servers, Jobs jobs, Secrets secrets) {
        Postgresql postgresql = new Postgresql(servers, jobs, secrets, Heartbeat::of);
        return new DatabaseActivities(servers, spec -> switch (spec) {
            case PostgresqlDatabase database -> postgresql.engine(database);
        });
    }

    @Singleton
    @ActivityBean
    ProxyRouting proxyRouting(Servers servers, HttpClients clients) {
        return new ProxyActivities(
                servers,
                spec -> switch (spec) {
                    case NginxProxy nginx -> new NginxServer(nginx, NginxLayout.PACKAGED);
                },
                clients.accepting());
    }

    @Singleton
    @ActivityBean
    DnsRecords dnsRecords(Secrets secrets) {
        return new ZoneRecords(secrets);
    }

    @Singleton
    @ActivityBean
    ServiceUnits serviceUnits(Servers servers) {
        return new SystemdUnits(servers);
    }

    @Singleton
    @ActivityBean
    Crontabs crontabs(Servers servers) {
        return new UserCrontabs(servers);
    }

    @Singleton
    @ActivityBean
    Hooks hooks(Servers servers, Jobs jobs) {
        return new ScriptHooks(servers, jobs);
    }

    @Singleton
    @ActivityBean
    ServiceChecks serviceChecks(HttpClients clients) {
        return new HttpServiceChecks(clients.verifying());
    }

    @Singleton
    @Bean(preDestroy = "close")
    HttpClients httpClients(ChecksConfiguration checks) {
        try {
            return new HttpClients(
                    AddressedClient.verifying(checks.caFile(), ANSWER), AddressedClient.accepting(ANSWER));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() + "; correct the setting checks.ca-file", e);
        }
    }

    /** The clients for questions to the service. */
    record HttpClients(AddressedClient verifying, AddressedClient accepting) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try (verifying) {
                accepting.close();
            }
        }
    }
}
