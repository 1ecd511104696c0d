package io.portcullis.bench.report;

import io.portcullis.bench.subject.Subject;

/**
 * One subject's figures of one round.
 *
 * @param rate requests per second
 * @param cpuMicros user and system time of the subject's processes, for each request
 * @param redisMicros the same of Redis
 * @param heapBytes allocated for each request; 0 where there is no JVM
 * @param wrong answers that were not what the case expects, and connections that broke; such a measure is not used
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
    public boolean usable() {
        return wrong == 0 && rate > 0;
    }
}
