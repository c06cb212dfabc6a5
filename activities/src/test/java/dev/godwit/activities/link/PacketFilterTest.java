package dev.godwit.activities.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.workflows.step.MigrationContext;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the kernel's own packet filter, in a network of its own. */
class PacketFilterTest {
    private static final String TARGET = "10.66.9.3";
    private static final String TARGET_6 = "fd66::3";
    private static final String STRANGER = "10.66.9.4";

    /** As an administrator writes it: drops all but what belongs to a connection, and says so in passing. */
    private static final String DROPPING = """
            table inet filter {
              set friends { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 }; }
              chain input {
                type filter hook input priority filter; policy drop;
                ct state established,related accept
                ip saddr @friends tcp dport 22 accept comment "godwit shop-10"
              }
              chain forward { type filter hook forward priority filter; policy drop; }
              chain output { type filter hook output priority filter; policy accept; }
            }
            """;

    private PrivateNetwork network;

    @BeforeEach
    void boot() throws IOException {
        network = PrivateNetwork.with(Map.of("10.66.9.2", 22, "fd66::2", 22), List.of(TARGET, TARGET_6, STRANGER));
        assumeTrue(network.has("nft"), "skipped: no nft; apt-get install nftables");
    }

    @AfterEach
    void close() {
        if (network != null) {
            network.close();
        }
    }

    private MigrationContext migration(String id, String target) {
        return new MigrationContext(
                id, "shop.test", network.spec(target.contains(":") ? "fd66::2" : "10.66.9.2"), network.spec(target));
    }

    private List<String> chains(MigrationContext migration) {
        return PacketFilter.chains(network.server(migration.source()), migration.target());
    }

    private List<String> open(MigrationContext migration) {
        return PacketFilter.open(network.server(migration.source()), migration);
    }

    private List<String> shut(MigrationContext migration) {
        return PacketFilter.close(network.server(migration.source()), migration);
    }

    private void rules(String ruleset) {
        network.run("printf %s \"$1\" | nft -f -", ruleset);
    }

    private String rules() {
        return network.run("nft -s list ruleset");
    }

    private boolean reaches(String from) {
        return network.reaches(from, from.contains(":") ? "fd66::2" : "10.66.9.2", 22);
    }

    @ParameterizedTest
    @ValueSource(strings = {TARGET, TARGET_6})
    void shouldLetTheTargetInAndNobodyElse(String target) {
        rules(DROPPING);
        String found = rules();
        MigrationContext migration = migration("shop-1", target);
        assertThat(reaches(target)).isFalse();
        assertThat(chains(migration)).containsExactly("inet filter input");
        assertThat(rules()).as("looking changes nothing").isEqualTo(found);

        assertThat(open(migration)).containsExactly("inet filter input");
        assertThat(reaches(target)).isTrue();
        assertThat(reaches(STRANGER)).isFalse();
        assertThat(network.reaches(target, target.contains(":") ? "fd66::2" : "10.66.9.2", 23))
                .isFalse();

        String open = rules();
        assertThat(open(migration)).as("the second time").isEmpty();
        assertThat(rules()).isEqualTo(open);

        assertThat(shut(migration)).containsExactly("inet filter input");
        assertThat(rules()).isEqualTo(found);
        assertThat(reaches(target)).isFalse();
        assertThat(shut(migration)).isEmpty();
        assertThat(rules()).isEqualTo(found);
    }

    @Test
    void shouldOpenEveryChainThatCanDrop() {
        rules(DROPPING + """
                table ip more {
                  chain early { type filter hook input priority -10; tcp dport 22 jump closed; }
                  chain closed { reject with icmp admin-prohibited; }
                  chain harmless { type filter hook input priority 10; tcp dport 443 counter accept; }
                }
                table ip6 other {
                  chain input { type filter hook input priority 0; policy drop; }
                }
                """);
        String found = rules();
        MigrationContext migration = migration("shop-1", TARGET);
        assertThat(open(migration)).containsExactlyInAnyOrder("inet filter input", "ip more early");
        assertThat(reaches(TARGET)).isTrue();
        assertThat(reaches(STRANGER)).isFalse();
        assertThat(shut(migration)).hasSize(2);
        assertThat(rules()).isEqualTo(found);
    }

    @Test
    void shouldTellMigrationsApart() {
        rules(DROPPING);
        MigrationContext one = migration("shop-1", TARGET);
        MigrationContext another = migration("shop-1.2", STRANGER);
        open(one);
        open(another);
        shut(one);
        assertThat(reaches(TARGET)).isFalse();
        assertThat(reaches(STRANGER)).isTrue();
        assertThat(rules()).contains("godwit shop-10");
    }

    @Test
    void shouldKnowAMigrationByTheLongestName() {
        rules(DROPPING);
        MigrationContext migration = migration("s".repeat(100), TARGET);
        String found = rules();
        open(migration);
        assertThat(open(migration)).isEmpty();
        assertThat(shut(migration)).hasSize(1);
        assertThat(rules()).isEqualTo(found);
    }

    @Test
    void shouldLeaveAServerWithoutAFilterAlone() {
        MigrationContext migration = migration("shop-1", TARGET);
        assertThat(chains(migration)).isEmpty();
        assertThat(open(migration)).isEmpty();
        assertThat(shut(migration)).isEmpty();
        assertThat(rules()).isEmpty();
    }

    @Test
    void shouldRefuseAnAddressThatIsNone() {
        assertThatExceptionOfType(ApplicationFailure.class)
                .isThrownBy(() -> open(migration("shop-1", "10.0.0.1; nft flush ruleset")))
                .withMessageContaining("Expected an IP address");
    }

    /** The program of the new kind, then of the old one, each with the table that it changes. */
    @ParameterizedTest
    @ValueSource(strings = {"iptables-nft", "iptables-legacy"})
    void shouldChangeAFilterOfIptablesByIptables(String iptables) {
        assumeTrue(network.has(iptables), "skipped: no " + iptables + "; apt-get install iptables");
        String six = iptables.replace("iptables", "ip6tables");
        for (String program : List.of(iptables, six)) {
            network.run(
                    "\"$1\" -P INPUT DROP; \"$1\" -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
                    program);
        }
        for (Map.Entry<String, String> way :
                Map.of(TARGET, iptables, TARGET_6, six).entrySet()) {
            String chain = way.getValue() + " INPUT";
            String found = network.run("\"$1\" -S", way.getValue());
            MigrationContext migration = migration("shop-1", way.getKey());
            assertThat(reaches(way.getKey())).isFalse();
            assertThat(chains(migration)).containsExactly(chain);
            assertThat(open(migration)).containsExactly(chain);
            assertThat(reaches(way.getKey())).isTrue();
            assertThat(open(migration)).isEmpty();
            assertThat(network.run("\"$1\" -S | grep -c godwit", way.getValue()).strip())
                    .isEqualTo("1");
            assertThat(shut(migration)).containsExactly(chain);
            assertThat(network.run("\"$1\" -S", way.getValue())).isEqualTo(found);
            assertThat(shut(migration)).isEmpty();
        }
    }
}
