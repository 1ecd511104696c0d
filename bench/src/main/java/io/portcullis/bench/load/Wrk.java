package io.portcullis.bench.load;

import io.portcullis.bench.process.ChildProcess;
import io.portcullis.bench.process.Executables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The load driver, a program of its own so that it disturbs no JVM. */
public final class Wrk {
    private static final int SPARE_SECONDS = 30;

    private final Path executable;
    private final Path directory;
    private final int threads;

    /**
     * @param directory for its scripts
     * @param threads of wrk
     * @throws IllegalStateException if it is not installed
     */
    public Wrk(Path directory, int threads) {
        this.executable = Executables.find("wrk")
                .orElseThrow(() -> new IllegalStateException("wrk is not installed: apt-get install -y wrk"));
        this.directory = directory;
        this.threads = threads;
    }

    /** Whether it is installed. */
    public static boolean isInstalled() {
        return Executables.find("wrk").isPresent();
    }

    /** Sends the load to a loopback port for so many seconds, and waits for it. */
    public LoadResult run(Load load, int port, int seconds) {
        try {
            Path script = Files.writeString(directory.resolve("load.lua"), WrkScript.of(load));
            List<String> command = List.of(
                    executable.toString(),
                    "-t" + Math.min(threads, load.connections()),
                    "-c" + load.connections(),
                    "-d" + seconds + "s",
                    "--timeout",
                    "10s",
                    "-s",
                    script.toString(),
                    "http://127.0.0.1:" + port + load.path());
            return LoadResult.parse(output(command, seconds));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String output(List<String> command, int seconds) throws IOException {
        try (ChildProcess wrk = ChildProcess.start("wrk", directory, command, Map.of())) {
            if (!wrk.awaitEnd(seconds + SPARE_SECONDS, TimeUnit.SECONDS)) {
                throw wrk.failure("did not end");
            }
        }
        return Files.readString(directory.resolve("wrk.log"));
    }
}
