package io.portcullis.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that this JVM started and that cannot outlive it: it is stopped by {@link #close}, by a shutdown hook, and by a shell
 * beside it that waits for the end of this JVM, however that comes.
 */
public final class ChildProcess implements AutoCloseable {
    /** Its standard input ends with this JVM. TERM first, so that nginx takes its workers with it. */
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
     * Starts a process in {@code directory}, with its output in {@code name.log} there.
     *
     * @param environment what is added to this JVM's own; here go passwords, which a command line would show
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

    /** Waits for its end; false when the time is over. */
    public boolean awaitEnd(long time, TimeUnit unit) {
        try {
            return process.waitFor(time, unit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Asks it to end by itself, and waits for that.
     *
     * @throws IllegalStateException with the end of its log if the time is over
     */
    public void stop(long time, TimeUnit unit) {
        process.destroy();
        if (!awaitEnd(time, unit)) {
            throw failure("did not stop");
        }
    }

    /** A failure with the end of the process's log. */
    public IllegalStateException failure(String what) {
        return new IllegalStateException(name + " " + what + "; its log ends with:\n" + logTail());
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
            // the JVM is ending, and the hook does the same
        }
    }

    private void end() {
        // First, since it must not act on the id of a process that is gone.
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
