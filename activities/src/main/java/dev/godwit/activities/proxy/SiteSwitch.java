package dev.godwit.activities.proxy;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.LiveTarget;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.proxy.ProxySpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.step.SavedFiles;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Optional;

/**
 * Where requests go on the server in front, which visitors reach: the site itself, the page, or the server behind. They
 * are switched by replacing the file that holds the site.
 *
 * <p>A link to that file (Debian's {@code sites-enabled}) stays what it is: the file behind it is replaced, by a
 * rename. The original, with mode, owner and times, is kept in the state folder under its checksum, and what Godwit
 * puts in its place says in its first line which original it stands for. So every act and undo can tell what is there:
 * the original, the page, the forwarding, or somebody else's change, which is never overwritten.
 */
final class SiteSwitch {
    private final ProxyServer kind;
    private final ProxySpec proxy;
    private final MigrationContext migration;
    private final Side front;
    private final Server server;
    private final SiteFiles files;
    private final RoutingProof proof;

    /**
     * @param front the side that visitors reach
     * @param server its server
     */
    SiteSwitch(
            ProxyServer kind,
            ProxySpec proxy,
            MigrationContext migration,
            Side front,
            Server server,
            RoutingProof proof) {
        this.kind = kind;
        this.proxy = proxy;
        this.migration = migration;
        this.front = front;
        this.server = server;
        this.files = new SiteFiles(server);
        this.proof = proof;
    }

    /** Keeps the site's file in the state folder, byte for byte. */
    BeforeImage look() {
        LiveTarget.refuse(server, migration.id(), "begin the cutover");
        SiteFile file = site(files.read(proxy.site()));
        Optional<DerivedSite.Mark> mark = file.mark();
        if (mark.isPresent()) {
            // The look of a later step: Godwit's own file is in place already, and it names the original.
            return image(file.path(), owned(mark.get()).original());
        }
        files.save(file, migration.id());
        return image(file.path(), file.sha256());
    }

    private static BeforeImage image(String path, String sha256) {
        return new SavedFiles(List.of(new SavedFile(path, true, sha256)));
    }

    /** The maintenance page. */
    Outcome page(BeforeImage before) {
        LiveTarget.refuse(server, migration.id(), "serve the maintenance page");
        return Outcome.of(page(original(before)));
    }

    private String page(Original original) {
        DerivedSite page = original.page();
        Places places = places(original.site());
        if (original.shows(page) && proof.showsPage(places, page.nonce())) {
            return "the page is up already" + places;
        }
        put(original, page);
        proof.page(places, page.nonce());
        return "the page answers with status 503 and the nonce " + page.nonce() + places;
    }

    private void put(Original original, DerivedSite derived) {
        if (original.shows(derived)) {
            // The file is there but the answers are not: an attempt was cut off before its reload.
            kind.reload(server, original.live().path());
        } else {
            kind.replace(server, original.live().path(), derived.bytes());
        }
    }

    /** Sends every request to the server behind, in the place of the page. */
    Outcome forward(BeforeImage before) {
        Original original = original(before);
        if (original.live().mark().isEmpty()) {
            // The page's own step is done: an attempt of this one finds the page, or the forwarding of one before it.
            throw FailureType.SPEC_MISMATCH.because("Expected the maintenance page in the place of " + proxy.site()
                    + " on the " + front.word() + ", but found the site's own configuration: somebody has put it back,"
                    + " and the " + front.word() + " may serve; it stays as it is; roll back");
        }
        DerivedSite forward = original.forward();
        Places places = places(original.site());
        if (original.shows(forward) && proof.showsForward(places, forward.nonce(), back())) {
            return Outcome.of("requests are forwarded already" + places);
        }
        // An attempt before this one may have left its forwarding behind: that is not proved, so nobody goes there.
        page(original);
        proveTheWay(original, places);
        boolean first = files.markForwarded(migration.id());
        try {
            // Whatever was there when it was read, the page is there now.
            kind.replace(server, original.live().path(), forward.bytes());
            proof.forward(places, forward.nonce(), back());
        } catch (ApplicationFailure notProved) {
            if (first && FailureType.PROXY_CONFIG_INVALID.name().equals(notProved.getType())) {
                files.unmarkForwarded(migration.id());
            }
            throw pageAgain(before, notProved);
        }
        return Outcome.of("requests are answered by " + back() + ", proved by the nonce " + forward.nonce() + places);
    }

    /** The address of the server behind. */
    private String back() {
        return migration.host(front.other()).address();
    }

    /** Proves the way to the server behind while visitors still see the page. */
    private void proveTheWay(Original original, Places places) {
        try {
            proof.probe(places, original.page(), back());
        } catch (ApplicationFailure notProved) {
            throw withMore(
                    notProved,
                    "; the page is still up, and nobody was sent to the "
                            + front.other().word());
        }
    }

    /**
     * Serves the page again before a failure is reported: between two attempts nothing leaks through to a server whose
     * copy may yet be dropped.
     */
    private ApplicationFailure pageAgain(BeforeImage before, ApplicationFailure notProved) {
        if (Thread.currentThread().isInterrupted()) {
            // The worker is being stopped, or the step was cancelled: the next attempt or the undo finds what is there.
            return notProved;
        }
        // Throws if this attempt is over for the engine: a later one may have proved what would be taken away here.
        Heartbeat.of("serving the page again");
        try {
            page(original(before));
            return withMore(notProved, "; the page is up again, so nothing is forwarded until the next attempt");
        } catch (ApplicationFailure again) {
            return withMore(
                    notProved,
                    "; and the page could not be served again, so requests may still be forwarded: "
                            + again.getOriginalMessage());
        }
    }

    private static ApplicationFailure withMore(ApplicationFailure failure, String more) {
        return ApplicationFailure.newBuilder(failure)
                .setMessage(failure.getOriginalMessage() + more)
                .build();
    }

    /** Serves the page again where requests were forwarded. */
    Outcome stopForwarding(BeforeImage before) {
        boolean ours = siteToPutBack(before)
                .mark()
                .filter(mark -> mark.migration().equals(migration.id()))
                .isPresent();
        String did = ours ? page(original(before)) : "requests were not forwarded; nothing to do";
        return LiveTarget.isNoted(server, migration.id()) ? Outcome.afterTargetServed(did) : Outcome.of(did);
    }

    /** Puts the site's own file back. */
    Outcome restore(BeforeImage before) {
        SiteFile live = siteToPutBack(before);
        Optional<DerivedSite.Mark> mark = live.mark();
        if (mark.isPresent() && !mark.get().migration().equals(migration.id())) {
            return Outcome.of(proxy.site() + " is not Godwit's of this migration; it stays as it is");
        }
        if (mark.isPresent()) {
            String sha256 = sha256(before).orElse(mark.get().original());
            kind.restore(server, live.path(), SiteFiles.savedPath(migration.id(), sha256));
            live = siteToPutBack(before);
        }
        Places places = Places.of(server, kind.parse(server, live.path(), live.content()));
        if (mark.isEmpty() && !proof.showsNothingOfOurs(places)) {
            // An attempt before this one was cut off between the rename and the reload.
            kind.reload(server, live.path());
        }
        proof.gone(places);
        return Outcome.of("the site's own configuration answers" + places);
    }

    /** Without its file the server still serves what it has loaded, and nobody could say that the page is gone. */
    private SiteFile siteToPutBack(BeforeImage before) {
        Optional<String> sha256 = sha256(before);
        return files.read(proxy.site(), migration.id(), sha256.orElse(null))
                .orElseThrow(() -> FailureType.SPEC_MISMATCH.because("Expected " + proxy.site() + " on the "
                        + front.word() + ", where Godwit puts the site's own configuration back, but found none; put"
                        + " the link or the file back as it was"
                        + sha256.map(known ->
                                        " (its content is kept as " + SiteFiles.savedPath(migration.id(), known) + ")")
                                .orElse("")
                        + ", then try again"));
    }

    /** The site as it was found, and what stands in its place now. */
    private record Original(ProxySite site, DerivedSite.Purpose purpose, SiteFile live) {
        DerivedSite page() {
            return site.page(purpose);
        }

        DerivedSite forward() {
            return site.forward(purpose);
        }

        boolean shows(DerivedSite derived) {
            return live.mark()
                    .map(DerivedSite.Mark::nonce)
                    .filter(derived.nonce()::equals)
                    .isPresent();
        }
    }

    private Original original(BeforeImage before) {
        String sha256 = sha256(before)
                .orElseThrow(() -> FailureType.SPEC_MISMATCH.because(
                        "Expected the before-image of " + proxy.site() + ", but found none; look at the site first"));
        SiteFile live = site(files.read(proxy.site(), migration.id(), sha256));
        Optional<DerivedSite.Mark> mark = live.mark();
        String standsFor = mark.map(found -> owned(found).original()).orElse(live.sha256());
        if (!standsFor.equals(sha256)) {
            throw FailureType.SPEC_MISMATCH.because("Expected " + proxy.site() + " on the " + front.word()
                    + " as it was found (SHA-256 " + sha256
                    + "), but somebody has changed it since; Godwit does not overwrite that; start again");
        }
        byte[] content = live.saved()
                .orElseThrow(() -> FailureType.SPEC_MISMATCH.because("Expected the original of " + proxy.site()
                        + " in Godwit's state folder on the " + front.word() + ", but found none"));
        return new Original(
                kind.parse(server, live.path(), content),
                new DerivedSite.Purpose(migration.id(), sha256, back()),
                live);
    }

    private static Optional<String> sha256(BeforeImage before) {
        return before instanceof SavedFiles images && !images.files().isEmpty()
                ? Optional.ofNullable(images.files().getFirst().sha256())
                : Optional.empty();
    }

    private DerivedSite.Mark owned(DerivedSite.Mark mark) {
        if (!mark.migration().equals(migration.id())) {
            throw FailureType.SPEC_MISMATCH.because("Expected the site's own configuration on the " + front.word()
                    + ", but found one that Godwit put there for the migration " + mark.migration()
                    + "; finish or roll back that one");
        }
        return mark;
    }

    private Places places(ProxySite site) {
        Places places = Places.of(server, site);
        if (places.asked().isEmpty()) {
            throw FailureType.SPEC_MISMATCH.because("Expected the site of " + Words.list(proxy.names()) + " in "
                    + proxy.site() + " to listen where Godwit can ask, but found "
                    + (places.notAsked().isEmpty() ? "none" : "only " + Words.list(places.notAsked()))
                    + "; correct the names or the file");
        }
        return places;
    }

    private SiteFile site(Optional<SiteFile> found) {
        return found.orElseThrow(() -> noSite(proxy, front));
    }

    static ApplicationFailure noSite(ProxySpec proxy, Side side) {
        return FailureType.SPEC_MISMATCH.because("Expected the file " + proxy.site() + " on the " + side.word()
                + ", but found none; correct proxy.site");
    }
}
