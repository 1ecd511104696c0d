package io.portcullis.bench.micro;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the microbenchmarks, and measures allocation as well as time. {@code org.openjdk.jmh.Main} in the same JAR accepts all
 * options of JMH.
 */
public final class MicroBenchmarks {
    private static final int WARM_UPS = 3;
    private static final int MEASUREMENTS = 5;

    private MicroBenchmarks() {}

    /**
     * Runs the benchmarks whose name matches.
     *
     * @param name a regular expression
     */
    public static void run(String name) {
        var options = new OptionsBuilder()
                .include("io\\.portcullis\\..*" + name)
                .forks(1)
                .warmupIterations(WARM_UPS)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(MEASUREMENTS)
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .build();
        try {
            var unused = new Runner(options).run();
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH: " + e.getMessage(), e);
        }
    }
}
