package io.portcullis.bench;

import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.micro.MicroBenchmarks;

/** The command line. Ends with 0, or 2 when the command line is wrong, or 3 when wrk is missing. */
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
            System.err.println("wrk, which makes the load, is not installed: apt-get install -y wrk");
            return 3;
        }
        var results = new BenchRun(options, System.out::println).run();
        return results.tables().isEmpty() ? 1 : 0;
    }
}
