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

/** A node of the gateway as a process of its own, from this JVM's class path. It ends with this JVM. */
public final class GatewayProcess implements AutoCloseable {
    private static final String MAIN = "io.portcullis.chaos.node.ChaosGateway";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    // Below the range from which Linux takes the ports of outgoing connections, and away from the testbed's.
    private static final int FIRST_PORT = 23_000;
    private static final int LAST_PORT = 31_000;
    private static final int STARTS = 3;
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

    /** Starts the process for the first time and waits until it takes traffic; on other ports if somebody else took these. */
    void start() {
        for (int attempt = 1; ; attempt++) {
            launch();
            try {
                awaitReady();
                return;
            } catch (IllegalStateException e) {
                kill();
                if (attempt == STARTS) {
                    throw e;
                }
                port = freePort();
                managementPort = freePort();
            }
        }
    }

    /** Starts the process; {@link #awaitReady} waits for it. */
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
            // Its own directory, so that no config/ is read that happens to be here.
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

    /** From a Spring Boot jar as from a class path. */
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

    /** Waits until the node takes traffic. */
    public void awaitReady() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!ready()) {
            Process current = process;
            if (current == null || !current.isAlive()) {
                throw new IllegalStateException("node " + number + " ended; its log is " + log);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("node " + number + " did not start; its log is " + log);
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

    /** Such as {@code http://127.0.0.1:23456/api/echo/a}. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    public int number() {
        return number;
    }

    /** Puts the node's clock that much ahead of the system's. */
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

    /** {@code kill -9}. */
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
                // taken; the next one
            }
        }
        throw new IllegalStateException("no free loopback port");
    }
}
