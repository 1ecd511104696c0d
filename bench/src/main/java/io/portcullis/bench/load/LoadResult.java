package io.portcullis.bench.load;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The result of a run of a load generator.
 *
 * @param requests the number of responses of any status
 * @param rate the number of responses per second
 * @param refused the number of responses with a status of 400 or above
 * @param broken the number of failed connections and timed-out requests
 * @param p50Micros the median latency in microseconds
 * @param p99Micros the 99th percentile of the latency in microseconds
 * @param p999Micros the 99.9th percentile of the latency in microseconds
 * @param lateMicros how late a load generator with a constant rate was, in microseconds; 0 for a closed loop
 */
public record LoadResult(
        long requests,
        double rate,
        long refused,
        long broken,
        long p50Micros,
        long p99Micros,
        long p999Micros,
        long lateMicros) {
    private static final Pattern LINE = Pattern.compile("(?m)^RESULT (.*)$");
    private static final Pattern FIELD = Pattern.compile("(\\w+)=(\\d+)");

    /**
     * Parses the line that the {@code done} function of the script of wrk prints. Its latencies are those of a closed loop: while
     * a server stalls, wrk sends no requests, so that the requests that would have waited are missing.
     *
     * @throws IllegalArgumentException if there is no such line; the message contains the whole output
     */
    public static LoadResult parse(String output) {
        var line = LINE.matcher(output);
        if (!line.find()) {
            throw new IllegalArgumentException("wrk printed no result: " + output);
        }
        Map<String, Long> fields = FIELD.matcher(line.group(1))
                .results()
                .collect(Collectors.toMap(field -> field.group(1), LoadResult::value));
        for (String name : WrkScript.FIELDS) {
            if (!fields.containsKey(name)) {
                throw new IllegalArgumentException("wrk printed no value of " + name + ": " + line.group());
            }
        }
        long requests = fields.getOrDefault("requests", 0L);
        long micros = fields.getOrDefault("micros", 0L);
        return new LoadResult(
                requests,
                micros == 0 ? 0 : requests * 1e6 / micros,
                fields.getOrDefault("status", 0L),
                fields.getOrDefault("connect", 0L)
                        + fields.getOrDefault("read", 0L)
                        + fields.getOrDefault("write", 0L)
                        + fields.getOrDefault("timeout", 0L),
                fields.getOrDefault("p50", 0L),
                fields.getOrDefault("p99", 0L),
                fields.getOrDefault("p999", 0L),
                0);
    }

    private static long value(MatchResult field) {
        return Long.parseLong(field.group(2));
    }
}
