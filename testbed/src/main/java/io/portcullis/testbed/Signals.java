package io.portcullis.testbed;

import java.io.IOException;

/** Signals to the processes of servers that this JVM has started. */
public final class Signals {
    private Signals() {}

    /** Stops the process, as a machine does that swaps or is suspended. */
    public static void stop(long pid) {
        send("STOP", pid);
    }

    /** Lets it go on. */
    public static void resume(long pid) {
        send("CONT", pid);
    }

    /** Ends it without letting it know. */
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
