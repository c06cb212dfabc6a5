package dev.godwit.api;

import dev.godwit.workflows.spec.SpecReader;

/** A spec of any service. */
public final class Specs {
    private Specs() {}

    public static String yaml(String service) {
        return """
                service: %1$s
                source: { host: old.example.org, address: 10.66.0.2, ssh: { user: root, key: "secret:ops", hostKey: "%2$s" } }
                target: { host: new.example.org, address: 10.66.0.3, ssh: { user: root, key: "secret:ops", hostKey: "%2$s" } }
                units: [shop.service]
                proxy: { server: nginx, site: /etc/nginx/sites-enabled/shop, names: [%1$s], outage: page }
                checks:
                  - { get: "https://%1$s/health", status: 200 }
                """.formatted(service, "SHA256:" + "A".repeat(43));
    }

    public static String json(String service) {
        return SpecReader.tree(yaml(service), SpecReader.Format.YAML).toString();
    }

    public static String start(String service, String more) {
        return "{\"spec\": " + json(service) + more + "}";
    }
}
