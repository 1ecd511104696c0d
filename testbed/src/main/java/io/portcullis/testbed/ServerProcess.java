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
 * A server as a child process, with its own temporary directory, which it cannot outlive and which does not outlive it.
 *
 * <p>A watchdog shell beside each server (see {@code launch.sh}) ends it as soon as this JVM is gone, in whatever way.
 * There is no shutdown hook on purpose: hooks run all at once, and those of the application still need the servers to
 * finish their work.
 */
final class ServerProcess implements AutoCloseable {
    /** Starts the launcher in a session of its own where the system can, so that Ctrl-C reaches the JVM alone. */
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

    /** A new directory for one server, which only this user may enter. */
    static Path newDirectory() {
        try {
            return Files.createTempDirectory("portcullis-testbed-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ServerProcess launch(ServerBinary binary, Path directory, List<String> arguments) {
        return launch(binary, directory, arguments, Path.of("/dev/null"));
    }

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
            // Kept open: the log can be read even after the watchdog removed the directory.
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
     * Waits until the server answers a real question.
     *
     * @throws ServerStartException if the server ended or the time is over; the server is closed then
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
     * Waits until the process has done its work and ended by itself.
     *
     * @throws ServerStartException if it reports a failure or the time is over
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

    private ServerStartException failed(String what, @Nullable Exception cause) {
        boolean alive = process.isAlive();
        String tail = logTail();
        close();
        StringBuilder message = new StringBuilder("%s (pid %d) %s.".formatted(binary.name(), pid(), what));
        if (tail.contains("error while loading shared libraries") || (!alive && cannotRun(process.exitValue()))) {
            message.append(" It needs libraries of this system: apt-get update && apt-get install -y ")
                    .append(binary.debianPackages())
                    .append(". ")
                    .append(binary.alternative());
        }
        message.append("\nIts log ends with:\n").append(tail.isEmpty() ? "(nothing)" : tail);
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

    /** The directory that the server works in. */
    Path directory() {
        return directory;
    }

    /** Ends the server at once, as a crash would, and keeps its directory for {@link #relaunch}. */
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

    /** Starts the server again, after {@link #crash}: in the same directory, with the same arguments. */
    ServerProcess relaunch() {
        closeLog();
        return launch(binary, directory, arguments);
    }

    /** Ends the server at once, for nothing that it holds is kept, and waits until the watchdog removed its directory. */
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

    /** After a crash no watchdog does. */
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

    /** A question that only a server which is ready answers. */
    @FunctionalInterface
    interface Probe {
        void ask() throws Exception;
    }

    /** Remembers why the last question was not answered. */
    private static final class Attempt {
        private final Probe probe;
        private @Nullable Exception failure;

        private Attempt(Probe probe) {
            this.probe = probe;
        }

        private boolean succeeds() {
            try {
                probe.ask();
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
