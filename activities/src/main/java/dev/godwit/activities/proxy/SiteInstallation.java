package dev.godwit.activities.proxy;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.proxy.ProxySpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.step.SavedFiles;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The site on the server behind: the front's own file, unless that server has one already. */
final class SiteInstallation {
    private final ProxyServer kind;
    private final ProxySpec proxy;
    private final MigrationContext migration;
    private final Side front;
    private final Server from;
    private final Server to;
    private final SiteFiles files;

    /**
     * @param front the side that has the site, and will forward
     * @param from its server
     * @param to the server that gets the site
     */
    SiteInstallation(
            ProxyServer kind, ProxySpec proxy, MigrationContext migration, Side front, Server from, Server to) {
        this.kind = kind;
        this.proxy = proxy;
        this.migration = migration;
        this.front = front;
        this.from = from;
        this.to = to;
        this.files = new SiteFiles(to);
    }

    BeforeImage look() {
        SiteFile site = site();
        files.beginInstall(migration.id());
        TreeSet<String> paths = new TreeSet<>(List.of(proxy.site(), site.path()));
        return new SavedFiles(paths.stream()
                .map(path -> to.read(path)
                        .map(content -> new SavedFile(path, true, Sha256.of(content)))
                        .orElseGet(() -> new SavedFile(path, false, null)))
                .toList());
    }

    private SiteFile site() {
        return new SiteFiles(from).read(proxy.site()).orElseThrow(() -> SiteSwitch.noSite(proxy, front));
    }

    Outcome install(BeforeImage before) {
        SiteFile site = site();
        Optional<SiteFile> there = files.read(proxy.site());
        String did;
        if (there.isEmpty()) {
            refuseOther(site);
            kind.install(to, proxy.site(), site, SiteFiles.madePath(migration.id()));
            did = "installed " + proxy.site() + " on the " + word() + "; its proxy server accepts it and has reloaded";
        } else if (there.get().sha256().equals(site.sha256())) {
            if (isNew(before)) {
                // An attempt before this one installed it, and may have been cut off before its reload.
                kind.reload(to, there.get().path());
            }
            did = "the " + word() + " has the same " + proxy.site() + " already";
        } else {
            did = "the " + word() + " has a " + proxy.site() + " of its own, which stays as it is";
        }
        return Outcome.of(did + "; the " + front.word() + " reaches its "
                + Words.list(reached(site).stream().map(port -> "port " + port).toList()));
    }

    private String word() {
        return front.other().word();
    }

    private boolean isNew(BeforeImage before) {
        return before instanceof SavedFiles images
                && images.files().stream().anyMatch(file -> file.path().equals(proxy.site()) && !file.existed());
    }

    /** A file under the same name that is not enabled belongs to somebody: it is not overwritten. */
    private void refuseOther(SiteFile site) {
        to.read(site.path())
                .filter(content -> !Sha256.of(content).equals(site.sha256()))
                .ifPresent(content -> {
                    throw FailureType.SPEC_MISMATCH.because("Expected no " + site.path() + " on the " + word()
                            + ", or the " + front.word() + "'s, but found another one that is not enabled; remove it,"
                            + " or enable it yourself");
                });
    }

    private Set<Integer> reached(SiteFile site) {
        Set<Integer> ports = kind.parse(from, site.path(), site.content()).ports();
        String address = to.spec().address();
        for (int port : ports) {
            Heartbeat.of("asking whether the " + front.word() + " reaches port " + port + " of the " + word());
            String reach = new SiteFiles(from).reach(address, port);
            if (!reach.equals("open") && !reach.equals("unknown")) {
                throw FailureType.PROXY_NOT_PROVED.because("Expected the " + front.word() + " to reach port " + port
                        + " of the " + word() + " at " + address
                        + ", because it will forward requests there, but found: " + reach + "; look at the firewall of"
                        + " the " + word() + " and at what its proxy server listens on");
            }
        }
        return ports;
    }

    Outcome remove(BeforeImage before) {
        // Without the list, a build that kept none may have installed all that was not there.
        Optional<List<String>> made = files.made(migration.id());
        List<String> added = before instanceof SavedFiles images
                ? images.files().stream()
                        .filter(file -> !file.existed())
                        .map(SavedFile::path)
                        .filter(path -> made.map(paths -> paths.contains(path)).orElse(true))
                        .toList()
                : List.of();
        if (added.isEmpty()) {
            return Outcome.of("the site on the " + word() + " is not Godwit's; it stays");
        }
        kind.remove(to, added);
        return Outcome.of(
                Words.list(added) + (added.size() == 1 ? " is" : " are") + " not on the " + word() + " any more");
    }
}
