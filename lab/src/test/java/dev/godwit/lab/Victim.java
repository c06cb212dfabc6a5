package dev.godwit.lab;

import java.io.IOException;

/** What of Godwit is killed, as kill -9 does it, and what follows by itself or by the operator's new {@code up}. */
enum Victim {
    /** API and worker. Their engine goes on alone until the next {@code up} replaces it. */
    WORKER {
        @Override
        void kill(LabSession session) throws InterruptedException {
            session.godwit().killWorker();
        }

        @Override
        void recover(LabSession session) throws IOException, InterruptedException {
            session.startGodwitAgain();
        }
    },
    /** The engine, under a worker that lives: Godwit starts another one by itself. */
    ENGINE {
        @Override
        void kill(LabSession session) throws InterruptedException {
            session.godwit().killEngine();
        }

        @Override
        void recover(LabSession session) {}
    },
    /** All of it at once. */
    ALL {
        @Override
        void kill(LabSession session) throws InterruptedException {
            session.killGodwit();
        }

        @Override
        void recover(LabSession session) throws IOException, InterruptedException {
            session.startGodwitAgain();
        }
    };

    abstract void kill(LabSession session) throws InterruptedException;

    abstract void recover(LabSession session) throws IOException, InterruptedException;
}
