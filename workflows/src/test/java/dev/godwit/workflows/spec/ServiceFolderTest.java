package dev.godwit.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.notation.ServiceFolder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceFolderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "srv/shop",
                "/",
                "//",
                "/srv",
                "/srv/",
                "/srv/shop/",
                "/srv//shop",
                "/srv/./shop",
                "/srv/shop/..",
                "/srv/../etc",
                "/srv/new\nline",
                "/etc",
                "/etc/ssh",
                "/etc/nginx/sites-enabled",
                "/usr",
                "/usr/local",
                "/usr/share/shop",
                "/bin/shop",
                "/var",
                "/var/lib",
                "/var/lib/postgresql",
                "/var/lib/postgresql/15/main",
                "/var/lib/godwit/shop-1",
                "/var/log",
                "/etc/sudoers.d",
                "/etc/pam.d/shop",
                "/var/lib/mysql",
                "/var/lib/docker/volumes/shop",
                "/etc/network",
                "/home",
                "/root",
                "/root/.ssh",
                "/home/shop/.ssh",
                "/proc/1",
                "/run/shop",
                "/tmp"
            })
    void shouldRefuseWhatBelongsToTheSystem(String path) {
        assertThat(ServiceFolder.problem(path)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/srv/shop",
                "/srv/shop/up loads/…",
                "/var/www",
                "/var/www/html",
                "/var/lib/shop",
                "/var/log/shop",
                "/home/shop",
                "/home/shop/.config",
                "/opt/shop",
                "/usr/local/shop",
                "/etc/shop",
                "/data",
                "/root/shop",
                "/usr-data"
            })
    void shouldAllowAServicesOwnFolders(String path) {
        assertThat(ServiceFolder.problem(path)).isEmpty();
    }
}
