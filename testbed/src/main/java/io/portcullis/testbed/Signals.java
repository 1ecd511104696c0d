package io.portcullis.testbed;

import java.io.IOException;

/** Sends signals to the processes of servers. */
public final class Signals {
    private Signals() {}

    /** Suspends a process (SIGSTOP), to simulate a machine that swaps or is suspended. */
    public static void stop(long pid) {
        send("STOP", pid);
    }

    /** Resumes a suspended process (SIGCONT). */
    public static void resume(long pid) {
        send("CONT", pid);
    }

    /** Kills a process without notice (SIGKILL). */
    public static void kill(long pid) {
        send("KILL", pid);
    }

    private static void send(String signal, long pid) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid + ": exit code " + exit);
            }
        } catch (IOException e) {
            throw new IllegalStateException("kill -" + signal + " " + pid, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("kill -" + signal + " " + pid, e);
        }
    }
}
