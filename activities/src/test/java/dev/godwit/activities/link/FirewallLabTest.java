package dev.godwit.activities.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.activities.host.LabServers;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.link.LinkStep.CleanUp;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Undo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Between two whole Debian systems, with a source that drops what it does not know. */
@Tag("lab")
@ResourceLock(LabServers.RESOURCE)
class FirewallLabTest {
    /** {@code $1} the address that is dropped. */
    private static final String DROP = """
            nft -f - <<END
            table inet firewall_lab_test {
                chain input {
                    type filter hook input priority filter; policy drop;
                    ct state established,related accept
                    iif lo accept
                    ip saddr != $1 accept
                }
            }
            END
            """;

    private LabServers lab;
    private MigrationContext migration;
    private SshHostLink link;
    private Server source;

    @BeforeEach
    void filter() {
        lab = LabServers.find();
        migration = lab.migration("firewall-lab-test");
        link = new SshHostLink(lab.servers());
        source = lab.open("old");
        source.output(Script.of(DROP, migration.target().address()));
    }

    @AfterEach
    void unfilter() {
        if (lab != null) {
            source.output(Script.of("nft delete table inet firewall_lab_test"));
            link.cleanUp(new Act<>(migration, "clean-up", new CleanUp(), BeforeImage.NOTHING));
            lab.close();
        }
    }

    private String rules() {
        return source.output(Script.of("nft -s list ruleset"));
    }

    private String link() {
        return link.linkHosts(new Act<>(migration, "link-hosts", new LinkHosts(), BeforeImage.NOTHING))
                .summary();
    }

    @Test
    void shouldOpenTheSourcesFirewallAndCloseItAgain() {
        String found = rules();
        assertThat(link()).contains("the source's firewall lets it in (inet firewall_lab_test input)");
        String open = rules();
        assertThat(open).contains("comment \"godwit firewall-lab-test\"");
        assertThat(link()).doesNotContain("firewall");
        assertThat(rules()).isEqualTo(open);

        Undo<LinkHosts> undo = new Undo<>(migration, "link-hosts", new LinkHosts(), BeforeImage.NOTHING);
        assertThat(link.removeLink(undo).summary()).contains("its rule from the source's firewall");
        assertThat(rules()).isEqualTo(found);
        assertThat(link.removeLink(undo).summary()).doesNotContain("firewall");
    }

    @Test
    void shouldCloseItInTheCleanUp() {
        String found = rules();
        link();
        link.cleanUp(new Act<>(migration, "clean-up", new CleanUp(), BeforeImage.NOTHING));
        assertThat(rules()).isEqualTo(found);
    }
}
