package io.portcullis.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;

/** A gateway in a process of its own, on the stores that the tests share: one that can be sent signals. */
final class GatewayProcess implements AutoCloseable {
    private static final String READY = "ports of the gateway: ";
    private static final long START_LIMIT_SECONDS = 180;
    private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

    private final Process process;
    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final CountDownLatch readers = new CountDownLatch(1);
    private volatile boolean stalled;
    private final int port;
    private final int managementPort;

    private GatewayProcess(Process process) throws Exception {
        this.process = process;
        var ready = new CompletableFuture<String[]>();
        var reader = new Thread(() -> read(ready), "gateway-output");
        reader.setDaemon(true);
        reader.start();
        String[] ports = ready.get(START_LIMIT_SECONDS, TimeUnit.SECONDS);
        port = Integer.parseInt(ports[0]);
        managementPort = Integer.parseInt(ports[1]);
    }

    /** Runs the gateway in the started process and prints its ports. */
    public static void main(String[] arguments) {
        var environment =
                SpringApplication.run(GatewayApplication.class, arguments).getEnvironment();
        System.out.println(READY + environment.getProperty("local.server.port") + " "
                + environment.getProperty("local.management.port"));
    }

    static GatewayProcess start(String... arguments) throws Exception {
        return startWithMemory("512m", arguments);
    }

    /** Starts a process with the given maximum heap; the JVM allows the same amount of direct memory. */
    static GatewayProcess startWithMemory(String memory, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx" + memory,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayProcess.class.getName()));
        command.addAll(GatewayNode.arguments(arguments));
        return new GatewayProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void read(CompletableFuture<String[]> ready) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                output.add(line);
                if (line.startsWith(READY)) {
                    ready.complete(line.substring(READY.length()).split(" "));
                }
                if (stalled) {
                    readers.await();
                }
            }
            ready.completeExceptionally(new IllegalStateException(output()));
        } catch (IOException e) {
            ready.completeExceptionally(new UncheckedIOException(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops reading the output after the next line, so that the pipe fills. */
    void stallOutput() {
        stalled = true;
    }

    /** Resumes reading the output. */
    void resumeOutput() {
        readers.countDown();
    }

    String output() {
        return String.join("\n", output);
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    /** Starts a call whose response may never arrive. */
    CompletableFuture<HttpResponse<String>> call(
            String method, String path, @Nullable String token, @Nullable String json) {
        var body = json == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json);
        var request = HttpRequest.newBuilder(uri(path))
                .timeout(CALL_LIMIT)
                .header("Content-Type", "application/json")
                .method(method, body);
        return GatewayNode.HTTP.sendAsync(
                (token == null ? request : request.header("Authorization", "Bearer " + token)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    URI managementUri(String path) {
        return URI.create("http://localhost:" + managementPort + path);
    }

    /** Sends SIGTERM, as an orchestrator does. */
    void terminate() {
        // Not destroy(): that closes the pipe of its output, too.
        process.toHandle().destroy();
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Sends SIGKILL and waits until the process has ended. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Its exit code once it has ended by itself. */
    int awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still alive after " + limit + ":\n" + output());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
