package dev.godwit.lab;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What is there on both servers and in DNS, without what a site in use changes by itself: a record made before, to
 * compare with.
 */
record Ground(Snapshot source, Snapshot target, Snapshot dns) {
    static Ground record(LabSession session) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Snapshot> source = threads.submit(ask(session, "old"));
            Future<Snapshot> target = threads.submit(ask(session, "new"));
            Snapshot dns = session.dns();
            return new Ground(source.get(), target.get(), dns);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LabException expected ? expected : new IllegalStateException(e.getCause());
        }
    }

    private static Callable<Snapshot> ask(LabSession session, String host) {
        return () -> session.lab().snapshot(host, "--static");
    }

    String summary() {
        return source.size() + " facts of old (" + source.summary() + "), " + target.size() + " of new, " + dns.size()
                + " records of the zone";
    }
}
