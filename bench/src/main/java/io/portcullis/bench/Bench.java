package io.portcullis.bench;

import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.micro.MicroBenchmarks;

/**
 * Runs the benchmark from the command line. The exit code is 0 on success, 1 if nothing was measured, 2 if the command
 * line is invalid, 3 if wrk is missing, and 4 if a case failed.
 */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String... args) {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return 2;
        }
        if (options.micro().isPresent()) {
            MicroBenchmarks.run(options.micro().get());
            return 0;
        }
        if (!Wrk.isInstalled()) {
            System.err.println("wrk, which generates the load, is not installed: apt-get install -y wrk");
            return 3;
        }
        var results = new BenchRun(options, System.out::println).run();
        if (!results.failures().isEmpty()) {
            System.err.println("failed: " + String.join("; ", results.failures()));
            return 4;
        }
        return results.tables().isEmpty() ? 1 : 0;
    }
}
