package dev.godwit.activities.proxy.nginx;

import java.util.List;

/**
 * How nginx is run on a server.
 *
 * @param command the program with the options that choose its configuration
 * @param configuration its main file; relative includes start in this file's folder
 * @param pidFile the master process's
 * @param unit its systemd unit, asked to reload where it is active; empty for none
 */
public record NginxLayout(List<String> command, String configuration, String pidFile, String unit) {
    /** As Debian and nginx.org package it. */
    public static final NginxLayout PACKAGED =
            new NginxLayout(List.of("nginx"), "/etc/nginx/nginx.conf", "/run/nginx.pid", "nginx.service");

    public NginxLayout {
        command = List.copyOf(command);
    }

    /** The folder in which relative includes start. */
    String folder() {
        return configuration.substring(0, configuration.lastIndexOf('/'));
    }
}
