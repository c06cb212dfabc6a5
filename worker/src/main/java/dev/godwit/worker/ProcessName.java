package dev.godwit.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of a Godwit process, which is the same in Temporal's histories and in our messages. */
public final class ProcessName {
    private ProcessName() {}

    /** Of this process: its id, and its host where that has a name. */
    public static String ofThis() {
        long pid = ProcessHandle.current().pid();
        try {
            return "godwit-" + pid + "@" + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "godwit-" + pid;
        }
    }
}
