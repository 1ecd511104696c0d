package io.portcullis.bench.load;

import io.portcullis.bench.process.ChildProcess;
import io.portcullis.bench.process.Executables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the load generator h2load at a constant rate, as a separate process. The loop is open: a request is sent when it is due,
 * whether or not earlier ones have been answered. If an earlier request on the same connection has no response yet, the
 * request is pipelined behind it, and its latency includes the time that it waits there. All requests present the first token
 * of the load, because h2load sends the same headers with each request.
 */
public final class H2load implements LoadGenerator {
    /** The command that installs h2load on Debian. */
    public static final String INSTALLATION = "apt-get install -y nghttp2-client";

    private static final int SPARE_SECONDS = 30;

    /**
     * The number of unanswered requests of a connection from which on h2load would wait for responses before it sends more.
     * A connection sends at most 50 requests in a second, so that h2load reaches the number only if a server stalls for minutes.
     */
    private static final int MAX_IN_FLIGHT = 10_000;

    private final Path executable;
    private final Path directory;
    private final int rate;

    /**
     * Creates a runner.
     *
     * @param directory the directory for logs
     * @param rate the number of requests per second
     * @throws IllegalStateException if h2load is not installed
     */
    public H2load(Path directory, int rate) {
        this.executable = Executables.find("h2load")
                .orElseThrow(() -> new IllegalStateException("h2load is not installed: " + INSTALLATION));
        this.directory = directory;
        this.rate = rate;
    }

    /** Returns whether h2load is installed. */
    public static boolean isInstalled() {
        return Executables.find("h2load").isPresent();
    }

    @Override
    public LoadResult run(Load load, String origin, int seconds) {
        Schedule schedule = Schedule.of(rate, load.connections(), seconds);
        Path file = directory.resolve("h2load-requests.log");
        try {
            // h2load appends to an existing file.
            Files.deleteIfExists(file);
            String output = output(command(load, origin, schedule, file), schedule.seconds());
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty()) {
                throw new IllegalArgumentException("h2load got no response: " + output);
            }
            return RequestLog.parse(schedule, lines).result();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command(Load load, String origin, Schedule schedule, Path file) throws IOException {
        List<String> command = new ArrayList<>(List.of(executable.toString(), "--h1"));
        command.addAll(schedule.arguments());
        command.add("--max-concurrent-streams=" + MAX_IN_FLIGHT);
        command.add("--connection-inactivity-timeout=10s");
        command.add("--log-file=" + file);
        Path tokens = load.tokens();
        if (tokens != null) {
            Load.Credential credential = load.credential();
            String token = Files.readAllLines(tokens).get(0);
            command.add("--header=" + credential.header() + ": " + credential.prefix() + token);
        }
        command.add(origin + load.path());
        return command;
    }

    private String output(List<String> command, int seconds) throws IOException {
        try (ChildProcess h2load = ChildProcess.start("h2load", directory, command, Map.of())) {
            if (!h2load.awaitEnd(seconds + SPARE_SECONDS, TimeUnit.SECONDS)) {
                throw h2load.failure("did not end");
            }
        }
        return Files.readString(directory.resolve("h2load.log"));
    }
}
