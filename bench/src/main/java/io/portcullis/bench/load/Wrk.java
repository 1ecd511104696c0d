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

/** Runs the load generator wrk as a separate process, so that it does not disturb any JVM. */
public final class Wrk implements LoadGenerator {
    private static final int SPARE_SECONDS = 30;

    private final Path executable;
    private final Path directory;
    private final int threads;

    /**
     * Creates a runner.
     *
     * @param directory the directory for scripts
     * @param threads the largest number of wrk threads
     * @throws IllegalStateException if wrk is not installed
     */
    public Wrk(Path directory, int threads) {
        this.executable = Executables.find("wrk")
                .orElseThrow(() -> new IllegalStateException("wrk is not installed: apt-get install -y wrk"));
        this.directory = directory;
        this.threads = threads;
    }

    /** Returns whether wrk is installed. */
    public static boolean isInstalled() {
        return Executables.find("wrk").isPresent();
    }

    @Override
    public LoadResult run(Load load, String origin, int seconds) {
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
                    origin + load.path());
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
