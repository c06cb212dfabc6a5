package dev.godwit.activities.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatePathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "etc/shop.pem",
                "/",
                "/etc",
                "/etc/ssl",
                "/etc/ssl/certs",
                "/etc/ssl/private",
                "/etc/ssl/openssl.cnf",
                "/etc/ssl/../shadow",
                "/etc/shadow",
                "/etc/passwd",
                "/etc/sudoers.d",
                "/etc/pam.d/sshd",
                "/etc/cron.d/shop",
                "/etc/systemd/system",
                "/etc/nginx",
                "/etc/nginx/nginx.conf",
                "/etc/nginx/sites-enabled/shop",
                "/root/.ssh",
                "/root/.ssh/authorized_keys",
                "/usr/bin/sudo",
                "/var/lib/godwit/shop-1"
            })
    void shouldRefuseWhatBelongsToTheSystem(String path) {
        assertThat(CertificatePath.problem(path)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/letsencrypt",
                "/etc/letsencrypt/live/shop.example.org",
                "/etc/letsencrypt/archive/shop.example.org/privkey1.pem",
                "/etc/nginx/ssl/shop.pem",
                "/etc/pki/tls/certs/shop.pem",
                "/etc/ssl/certs/shop.pem",
                "/etc/ssl/private/shop.key",
                "/etc/shop",
                "/opt/shop/tls",
                "/srv/shop/tls/fullchain.pem",
                "/usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt"
            })
    void shouldAllowWhereCertificatesLive(String path) {
        assertThat(CertificatePath.problem(path)).isEmpty();
    }

    @Test
    void shouldLookAtWhatMovesAndNotAtTheFoldersAboveIt() {
        assertThat(CertificatePath.problem(List.of(
                        Entry.parse("a/etc"), Entry.parse("a/etc/ssl"), Entry.parse("r/etc/ssl/private/shop.key"))))
                .isEmpty();
        assertThat(CertificatePath.problem(List.of(Entry.parse("r/srv/shop/key.pem"), Entry.parse("r/etc/shadow"))))
                .contains("/etc/shadow: it belongs to the system");
    }
}
