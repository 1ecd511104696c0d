package io.portcullis.bench.report;

import io.portcullis.bench.subject.Subject;

/** Measures of which only the rate and the time matter. */
final class TestMeasures {
    private TestMeasures() {}

    static Measure measure(Subject subject, int round, double rate, double cpuMicros) {
        return measure(subject, round, rate, cpuMicros, 0);
    }

    static Measure measure(Subject subject, int round, double rate, double cpuMicros, long wrong) {
        double heapBytes = subject.isJvm() ? 2_048 : 0;
        return new Measure(
                subject,
                round,
                rate,
                1_000,
                5_000,
                9_000,
                cpuMicros,
                cpuMicros / 10,
                20,
                heapBytes,
                300 << 20,
                Double.NaN,
                wrong);
    }
}
