package dev.godwit.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.godwit.workflows.json.Kinds;
import dev.godwit.workflows.migration.MigrationWorkflow;
import dev.godwit.workflows.migration.SearchAttributes;
import dev.godwit.workflows.step.FailureType;
import io.temporal.activity.ActivityInterface;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.metadata.POJOActivityInterfaceMetadata;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names that are in histories and can never change. A new one is added at its place; an old one stays. */
class WireFormatTest {
    @Test
    void shouldKeepTheNamesOfActivityTypes() {
        List<String> names = new ClassFileImporter()
                .importPackages("dev.godwit.workflows").stream()
                        .filter(type -> type.isAnnotatedWith(ActivityInterface.class))
                        .<Class<?>>map(JavaClass::reflect)
                        .flatMap(system ->
                                POJOActivityInterfaceMetadata.newInstance(system).getMethodsMetadata().stream())
                        .map(method -> method.getActivityTypeName())
                        .sorted()
                        .toList();

        assertThat(names)
                .containsExactly(
                        "Certificates.CopyCertificates",
                        "Certificates.InspectCertificates",
                        "Certificates.LookAtCertificates",
                        "Certificates.RemoveCertificates",
                        "Crontabs.InstallCrontabs",
                        "Crontabs.LookAtCrontabs",
                        "Crontabs.RemoveCrontabs",
                        "Crontabs.RestoreCrontabs",
                        "DatabaseCopy.CopyDatabase",
                        "DatabaseCopy.DropCopy",
                        "DatabaseCopy.EstimateLoss",
                        "DatabaseCopy.InspectDatabases",
                        "DatabaseCopy.LookAtCopy",
                        "DatabaseCopy.SetSequences",
                        "DatabaseCopy.VerifyDatabase",
                        "DatabaseFence.FenceDatabase",
                        "DatabaseFence.LiftFence",
                        "DatabaseFence.LookAtFence",
                        "DnsRecords.InspectDns",
                        "DnsRecords.LookAtRecords",
                        "DnsRecords.LowerTtl",
                        "DnsRecords.PointDns",
                        "DnsRecords.RestoreRecords",
                        "DnsRecords.RestoreTtl",
                        "FileSync.CopyFiles",
                        "FileSync.InspectTrees",
                        "FileSync.LookAtCopy",
                        "FileSync.RemoveCopy",
                        "FileSync.VerifyFiles",
                        "Hooks.RunHook",
                        "Hooks.UndoHook",
                        "HostLink.CleanUp",
                        "HostLink.LinkHosts",
                        "HostLink.Reach",
                        "HostLink.RemoveLink",
                        "HostLink.UnlinkHosts",
                        "ProxyRouting.DrainRequests",
                        "ProxyRouting.ForwardRequests",
                        "ProxyRouting.InspectProxy",
                        "ProxyRouting.InstallSite",
                        "ProxyRouting.LookAtSite",
                        "ProxyRouting.RestoreSite",
                        "ProxyRouting.ServePage",
                        "ProxyRouting.StopForwarding",
                        "Server.InspectServers",
                        "ServiceChecks.CheckService",
                        "ServiceChecks.CompareAnswers",
                        "ServiceChecks.InspectChecks",
                        "ServiceChecks.WatchService",
                        "ServiceUnits.LookAtUnits",
                        "ServiceUnits.RestoreUnits",
                        "ServiceUnits.RetireUnits",
                        "ServiceUnits.StartUnits",
                        "ServiceUnits.StopUnits");
    }

    @Test
    void shouldKeepTheNamesThatMigrationsAreFoundBy() {
        assertThat(MigrationWorkflow.TYPE).isEqualTo("Migration");
        assertThat(SearchAttributes.ALL)
                .extracting(SearchAttributeKey::getName)
                .containsExactly(
                        "GodwitMigration", "GodwitService", "GodwitPhase", "GodwitOutcome", "GodwitIdempotencyKey");
    }

    @Test
    void shouldKeepTheNamesOfStepKinds() {
        assertThat(Kinds.steps().stream().map(Kinds::name).sorted())
                .containsExactly(
                        "await-approval",
                        "check-service",
                        "clean-up",
                        "compare-answers",
                        "copy-certificates",
                        "copy-database",
                        "copy-files",
                        "drain-requests",
                        "fence-database",
                        "forward-requests",
                        "install-crontabs",
                        "install-site",
                        "keep-budget",
                        "link-hosts",
                        "lower-ttl",
                        "point-dns",
                        "remove-crontabs",
                        "restore-ttl",
                        "retire-units",
                        "run-hook",
                        "serve-page",
                        "set-sequences",
                        "soak",
                        "start-units",
                        "stop-units",
                        "unlink-hosts",
                        "verify-database",
                        "verify-files",
                        "wait-out-ttl");
    }

    @Test
    void shouldKeepTheNamesOfFailureTypes() {
        assertThat(FailureType.values())
                .extracting(FailureType::name)
                .containsExactlyInAnyOrder(
                        "SPEC_MISMATCH",
                        "SECRET_UNAVAILABLE",
                        "SECRET_NOT_HERE",
                        "HOST_UNREACHABLE",
                        "HOST_KEY_CHANGED",
                        "LOGIN_REFUSED",
                        "TOOL_MISSING",
                        "COMMAND_FAILED",
                        "DISK_FULL",
                        "DATABASE_FAILED",
                        "VERIFICATION_FAILED",
                        "PROXY_CONFIG_INVALID",
                        "PROXY_NOT_PROVED",
                        "DNS_REFUSED",
                        "DNS_NOT_PROVED",
                        "CHECK_FAILED",
                        "UNIT_FAILED",
                        "HOOK_FAILED",
                        "FENCE_NOT_PROVED",
                        "OVER_BUDGET");
    }
}
