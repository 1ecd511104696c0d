package io.portcullis.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A server as a child process with its own temporary directory. The server ends, and its directory is deleted, at the latest
 * when this JVM ends.
 *
 * <p>A watchdog shell for each server (see {@code launch.sh}) kills the server as soon as this JVM has ended, for whatever
 * reason. There is deliberately no shutdown hook: all hooks run at the same time, and those of the application still need the
 * servers.
 */
final class ServerProcess implements AutoCloseable {
    /**
     * The shell command that starts the launcher, in a session of its own if the system supports it, so that Ctrl-C reaches
     * only the JVM.
     */
    private static final String DETACH =
            "if command -v setsid >/dev/null; then exec setsid sh -c \"$0\" launch \"$@\"; fi; exec sh -c \"$0\" launch \"$@\"";

    private static final int TAIL_BYTES = 4_000;
    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final ServerBinary binary;
    private final Path directory;
    private final List<String> arguments;
    private final FileChannel log;
    private final Process process;

    private ServerProcess(
            ServerBinary binary, Path directory, List<String> arguments, FileChannel log, Process process) {
        this.binary = binary;
        this.directory = directory;
        this.arguments = List.copyOf(arguments);
        this.log = log;
        this.process = process;
    }

    /** Creates a directory for one server, which only the current user can access. */
    static Path newDirectory() {
        try {
            return Files.createTempDirectory("portcullis-testbed-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server with no input. Does not wait until it is ready, see {@link #awaitReady}. */
    static ServerProcess launch(ServerBinary binary, Path directory, List<String> arguments) {
        return launch(binary, directory, arguments, Path.of("/dev/null"));
    }

    /** Starts a server that reads its standard input from a file. */
    static ServerProcess launch(ServerBinary binary, Path directory, List<String> arguments, Path input) {
        Path logFile = directory.resolve("server.log");
        List<String> command = new ArrayList<>(List.of("sh", "-c", DETACH, launchScript()));
        command.addAll(List.of(directory.toString(), logFile.toString(), input.toString()));
        command.add(binary.executable().toString());
        command.addAll(arguments);
        try {
            if (Files.notExists(logFile)) {
                Files.createFile(logFile);
            }
            // The open channel keeps the log readable after the watchdog has deleted the directory.
            FileChannel log = FileChannel.open(logFile);
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
            builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
            return new ServerProcess(binary, directory, arguments, log, builder.start());
        } catch (IOException e) {
            throw new ServerStartException("cannot run " + binary.name() + ": " + e.getMessage(), e);
        }
    }

    private static String launchScript() {
        try (InputStream script = ServerProcess.class.getResourceAsStream("launch.sh")) {
            if (script == null) {
                throw new IllegalStateException("launch.sh is not on the class path");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /**
     * Waits until the probe succeeds.
     *
     * @throws ServerStartException if the server ends or the limit expires; the server has been closed then
     */
    void awaitReady(Duration limit, Probe probe) {
        Attempt attempt = new Attempt(probe);
        boolean done = poll(limit, () -> attempt.succeeds() || !process.isAlive());
        if (!process.isAlive()) {
            throw failed("ended with exit code " + process.exitValue(), attempt.failure);
        }
        if (!done) {
            throw failed("did not answer within " + limit.toSeconds() + " s", attempt.failure);
        }
    }

    /**
     * Waits until the process has completed its work and ended.
     *
     * @throws ServerStartException if the process reports a failure or the limit expires
     */
    void awaitSuccess(Duration limit) {
        boolean ended = poll(limit, () -> !process.isAlive());
        if (!ended) {
            throw failed("did not end within " + limit.toSeconds() + " s", null);
        }
        if (process.exitValue() != 0) {
            throw failed("ended with exit code " + process.exitValue(), null);
        }
        close();
    }

    private ServerStartException failed(String description, @Nullable Exception cause) {
        boolean alive = process.isAlive();
        String tail = logTail();
        close();
        StringBuilder message = new StringBuilder("%s (pid %d) %s.".formatted(binary.name(), pid(), description));
        if (tail.contains("error while loading shared libraries") || (!alive && cannotRun(process.exitValue()))) {
            message.append(" Install the libraries that it needs: apt-get update && apt-get install -y ")
                    .append(binary.debianPackages())
                    .append(". ")
                    .append(binary.alternative());
        }
        message.append("\nLast lines of its log:\n").append(tail.isEmpty() ? "(nothing)" : tail);
        return new ServerStartException(message.toString(), cause);
    }

    private static boolean cannotRun(int exitCode) {
        return exitCode == NOT_FOUND || exitCode == NOT_EXECUTABLE;
    }

    private String logTail() {
        try {
            ByteBuffer tail = ByteBuffer.allocate(TAIL_BYTES);
            long start = Math.max(0, log.size() - TAIL_BYTES);
            while (tail.hasRemaining() && log.read(tail, start + tail.position()) > 0) {
                // until the end of the file
            }
            return StandardCharsets.UTF_8.decode(tail.flip()).toString().strip();
        } catch (IOException e) {
            return "(cannot be read: " + e.getMessage() + ")";
        }
    }

    /** Returns the working directory of the server. */
    Path directory() {
        return directory;
    }

    /** Kills the server, and keeps its directory for {@link #relaunch}. */
    void crash() {
        Path keep = directory.resolve("keep");
        try {
            Files.createFile(keep);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process.destroyForcibly();
        if (!poll(CLOSE_LIMIT, () -> !process.isAlive() && Files.notExists(keep))) {
            throw new IllegalStateException("%s (pid %d) is still there".formatted(binary.name(), pid()));
        }
    }

    /** Starts the server again after a {@link #crash}, in the same directory and with the same arguments. */
    ServerProcess relaunch() {
        return relaunch(List.of());
    }

    /** Starts the server again as {@link #relaunch()} does, with more arguments. */
    ServerProcess relaunch(List<String> more) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(more);
        return relaunchWith(all);
    }

    /** Starts the server again as {@link #relaunch()} does, without one of its arguments. */
    ServerProcess relaunchWithout(String argument) {
        return relaunchWith(
                arguments.stream().filter(given -> !given.equals(argument)).toList());
    }

    private ServerProcess relaunchWith(List<String> all) {
        closeLog();
        return launch(binary, directory, all);
    }

    /**
     * Kills the server without a clean shutdown, because none of its data is kept. Waits until the watchdog has deleted its
     * directory.
     */
    @Override
    public void close() {
        boolean crashed = !process.isAlive() && Files.exists(directory.resolve("kept"));
        process.destroyForcibly();
        closeLog();
        if (crashed) {
            removeDirectory();
        }
        boolean gone = poll(CLOSE_LIMIT, () -> !process.isAlive() && Files.notExists(directory));
        if (!gone) {
            throw new IllegalStateException(
                    "%s (pid %d) or its directory %s is still there".formatted(binary.name(), pid(), directory));
        }
    }

    /** Deletes the directory after a crash, when no watchdog is left to do it. */
    private void removeDirectory() {
        try {
            BinaryCache.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void closeLog() {
        try {
            log.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean poll(Duration limit, BooleanSupplier done) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (!done.getAsBoolean()) {
                if (System.nanoTime() - deadline > 0) {
                    return false;
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Checks whether the server is ready. Throws an exception if it is not. */
    @FunctionalInterface
    interface Probe {
        void check() throws Exception;
    }

    /** Runs a probe, and keeps the failure of its last run. */
    private static final class Attempt {
        private final Probe probe;
        private @Nullable Exception failure;

        private Attempt(Probe probe) {
            this.probe = probe;
        }

        private boolean succeeds() {
            try {
                probe.check();
                failure = null;
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = e;
                return false;
            } catch (Exception e) {
                failure = e;
                return false;
            }
        }
    }
}
