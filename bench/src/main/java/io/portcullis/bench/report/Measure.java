package io.portcullis.bench.report;

import io.portcullis.bench.subject.Subject;

/**
 * The figures of one subject in one round.
 *
 * @param rate the number of requests per second
 * @param cpuMicros user and system time of the processes of the subject, for each request
 * @param redisMicros user and system time of Redis, for each request
 * @param heapBytes the heap bytes allocated for each request, 0 for a subject without a JVM
 * @param wrong the number of unexpected responses and broken connections; a measure with any is not used
 */
public record Measure(
        Subject subject,
        int round,
        double rate,
        double p50Micros,
        double p99Micros,
        double cpuMicros,
        double redisMicros,
        double heapBytes,
        double rssBytes,
        long wrong) {
    /** Returns whether all responses were as expected. */
    public boolean usable() {
        return wrong == 0 && rate > 0;
    }
}
