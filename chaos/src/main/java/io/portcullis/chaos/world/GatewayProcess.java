package io.portcullis.chaos.world;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gateway node as a separate process, started with the class path of this JVM. The process ends with this JVM. */
public final class GatewayProcess implements AutoCloseable {
    private static final String MAIN = "io.portcullis.chaos.node.ChaosGateway";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    // Below the ephemeral port range of Linux, and disjoint from the ports of the testbed.
    private static final int FIRST_PORT = 23_000;
    private static final int LAST_PORT = 31_000;
    private static final int MAX_STARTS = 3;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final int number;
    private volatile int port = freePort();
    private volatile int managementPort = freePort();
    private final Path log;
    private final List<String> arguments;
    private volatile @Nullable Process process;

    GatewayProcess(int number, Path logs, List<String> arguments) {
        this.number = number;
        this.log = logs.resolve("node-" + number + ".log");
        this.arguments = List.copyOf(arguments);
    }

    /**
     * Starts the process for the first time, and waits until it is ready. Tries other ports if the chosen ones are
     * occupied.
     */
    void start() {
        for (int attempt = 1; ; attempt++) {
            launch();
            try {
                awaitReady();
                return;
            } catch (IllegalStateException e) {
                kill();
                if (attempt == MAX_STARTS) {
                    throw e;
                }
                port = freePort();
                managementPort = freePort();
            }
        }
    }

    /** Starts the process without waiting for it, see {@link #awaitReady}. */
    public void launch() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto"));
        command.addAll(classPath());
        command.addAll(arguments);
        command.addAll(List.of("--server.port=" + port, "--management.server.port=" + managementPort));
        try {
            // A separate directory, so that the node does not read a config/ directory of the current one.
            Path directory = Files.createTempDirectory("portcullis-chaos-");
            directory.toFile().deleteOnExit();
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the arguments that select the class path, for a Spring Boot JAR as well as for a plain class path. */
    private static List<String> classPath() {
        String classPath = System.getProperty("java.class.path");
        return classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)
                ? List.of(
                        "-Dloader.main=" + MAIN,
                        "-jar",
                        Path.of(classPath).toAbsolutePath().toString())
                : List.of("-cp", absolute(classPath), MAIN);
    }

    private static String absolute(String classPath) {
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, entries);
    }

    /**
     * Waits until the node is ready for traffic.
     *
     * @throws IllegalStateException if the process ends or does not become ready in time
     */
    public void awaitReady() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!ready()) {
            Process current = process;
            if (current == null || !current.isAlive()) {
                throw new IllegalStateException("node " + number + " has ended, see its log " + log);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("node " + number + " did not become ready in time, see its log " + log);
            }
            pause();
        }
    }

    private boolean ready() {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort + "/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Returns the URI of a path on this node, such as {@code http://127.0.0.1:23456/api/echo/a}. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    public int number() {
        return number;
    }

    /** Sets the clock of the node ahead of the system clock. */
    public void shiftClock(Duration offset) {
        Process current = process;
        if (current != null) {
            try {
                OutputStream commands = current.getOutputStream();
                commands.write(("clock " + offset.toMillis() + "\n").getBytes(StandardCharsets.US_ASCII));
                commands.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Kills the process (SIGKILL), and waits for its end. */
    public void kill() {
        Process current = process;
        if (current != null) {
            current.destroyForcibly().onExit().join();
        }
    }

    @Override
    public void close() {
        kill();
    }

    private static int freePort() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // The port is occupied: try another one.
            }
        }
        throw new IllegalStateException("no free loopback port");
    }
}
