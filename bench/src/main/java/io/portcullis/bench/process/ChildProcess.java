package io.portcullis.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A child process that cannot outlive this JVM. It is stopped by {@link #close}, by a shutdown hook, and by a watchdog shell
 * that waits for the end of this JVM, for whatever reason.
 */
public final class ChildProcess implements AutoCloseable {
    /**
     * The script of the watchdog, whose standard input ends with this JVM. It sends TERM first, so that nginx stops its
     * workers.
     */
    private static final String WATCHDOG = "trap '' INT; cat >/dev/null; kill -TERM $0; sleep 2; kill -KILL $0";

    private static final int STOP_SECONDS = 3;
    private static final int LOG_TAIL = 3_000;

    private final String name;
    private final Process process;
    private final Process watchdog;
    private final Path log;
    private final Thread hook = new Thread(this::end, "stop-child");

    private ChildProcess(String name, Process process, Process watchdog, Path log) {
        this.name = name;
        this.process = process;
        this.watchdog = watchdog;
        this.log = log;
    }

    /**
     * Starts a process in {@code directory}, and writes its output to {@code name.log} there.
     *
     * @param environment the variables to add to the environment of this JVM; the place for passwords, which a command line
     *     would reveal
     */
    public static ChildProcess start(
            String name, Path directory, List<String> command, Map<String, String> environment) {
        Path log = directory.resolve(name + ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()));
            builder.environment().putAll(environment);
            Process process = builder.start();
            Process watchdog = new ProcessBuilder("sh", "-c", WATCHDOG, Long.toString(process.pid()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            ChildProcess child = new ChildProcess(name, process, watchdog, log);
            Runtime.getRuntime().addShutdownHook(child.hook);
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end of the process. Returns false if the time expires. */
    public boolean awaitEnd(long time, TimeUnit unit) {
        try {
            return process.waitFor(time, unit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Sends TERM to the process, and waits for its end.
     *
     * @throws IllegalStateException if the time expires; the message contains the end of the log
     */
    public void stop(long time, TimeUnit unit) {
        process.destroy();
        if (!awaitEnd(time, unit)) {
            throw failure("did not stop");
        }
    }

    /** Returns an exception whose message contains the end of the log of the process. */
    public IllegalStateException failure(String description) {
        return new IllegalStateException(name + " " + description + "; last lines of its log:\n" + logTail());
    }

    private String logTail() {
        try {
            String text = Files.readString(log);
            return text.substring(Math.max(0, text.length() - LOG_TAIL));
        } catch (IOException e) {
            return "(cannot be read: " + e.getMessage() + ")";
        }
    }

    @Override
    public void close() {
        end();
        try {
            var unused = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is shutting down, and the hook stops the process.
        }
    }

    private void end() {
        // Stop the watchdog first: it must not signal a process id that has become invalid.
        watchdog.destroyForcibly();
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
