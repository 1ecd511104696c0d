package io.portcullis.bench.world;

import io.portcullis.bench.process.ChildProcess;
import io.portcullis.bench.process.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The upstream service of all subjects: nginx, which uses less CPU than any subject, or a bare reactor-netty server on a
 * machine without nginx. Answers {@code /api/small} and {@code /open/small} with 60 bytes, {@code /api/10k} with 10 KB and
 * {@code /api/1m} with 1 MB.
 */
public final class Upstream implements AutoCloseable {
    public static final String SMALL = "/api/small";
    /** The path of the same response on a route without a check. */
    public static final String OPEN = "/open/small";

    public static final String MEDIUM = "/api/10k";
    public static final String LARGE = "/api/1m";
    public static final int SMALL_BYTES = 60;
    public static final int MEDIUM_BYTES = 10 << 10;
    public static final int LARGE_BYTES = 1 << 20;

    private static final String SERVER = """
            server {
              listen 127.0.0.1:%1$d backlog=4096;
              default_type text/plain;
              open_file_cache max=10;
              root %2$s;
              location = /api/small { return 200 "%3$s"; }
              location = /open/small { return 200 "%3$s"; }
            }
            """;

    private final ChildProcess process;
    private final int port;

    private Upstream(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts the service on a free port. Waits until it is ready. */
    public static Upstream start(Path directory) {
        int port = FreePort.find();
        ChildProcess process = Nginx.find()
                .map(nginx -> nginx.start("upstream", directory, server(directory, port)))
                .orElseGet(() -> plain(directory, port));
        Readiness.PLAIN.await(process, "http://127.0.0.1:" + port, SMALL, null);
        return new Upstream(process, port);
    }

    private static String server(Path directory, int port) {
        try {
            Path files = Files.createDirectories(directory.resolve("files").resolve("api"));
            Files.writeString(files.resolve("10k"), "x".repeat(MEDIUM_BYTES));
            Files.writeString(files.resolve("1m"), "x".repeat(LARGE_BYTES));
            return SERVER.formatted(port, directory.resolve("files"), "x".repeat(SMALL_BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ChildProcess plain(Path directory, int port) {
        List<String> command = Java.current()
                .main("io.portcullis.bench.bare.PlainService", List.of("-Xmx256m"), List.of(Integer.toString(port)));
        return ChildProcess.start("upstream", directory, command, Map.of());
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.close();
    }
}
