package io.portcullis.bench.report;

import io.portcullis.bench.subject.Subject;

/**
 * The figures of one subject in one round.
 *
 * @param rate the number of requests per second
 * @param cpuMicros user and system time of the processes of the subject, for each request
 * @param compilerMicros the part of {@code cpuMicros} in which the JVM compiled, 0 for a subject without a JVM
 * @param redisMicros user and system time of Redis, for each request
 * @param heapBytes the heap bytes allocated for each request, 0 for a subject without a JVM
 * @param systemCalls the system calls of the processes of the subject, for each request; NaN if they were not counted
 * @param wrong the number of unexpected responses and broken connections; a measure with any is not used
 */
public record Measure(
        Subject subject,
        int round,
        double rate,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        double cpuMicros,
        double compilerMicros,
        double redisMicros,
        double heapBytes,
        double rssBytes,
        double systemCalls,
        long wrong) {
    /** Returns this measure with the number of system calls for each request. */
    public Measure withSystemCalls(double calls) {
        return new Measure(
                subject,
                round,
                rate,
                p50Micros,
                p99Micros,
                p999Micros,
                cpuMicros,
                compilerMicros,
                redisMicros,
                heapBytes,
                rssBytes,
                calls,
                wrong);
    }

    /** Returns whether all responses were as expected. */
    public boolean usable() {
        return wrong == 0 && rate > 0;
    }
}
