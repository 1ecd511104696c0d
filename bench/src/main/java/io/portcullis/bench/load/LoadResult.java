package io.portcullis.bench.load;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What wrk counted. Latencies are those of a closed loop: a server that stops keeps wrk from sending, so the requests that would
 * have waited meanwhile are missing from them.
 *
 * @param requests answered, whatever the answer
 * @param micros how long it took
 * @param refused answers with a status of 400 and above
 * @param broken connections that failed, and requests that timed out
 */
public record LoadResult(long requests, long micros, long refused, long broken, long p50Micros, long p99Micros) {
    private static final Pattern LINE = Pattern.compile("(?m)^RESULT (.*)$");
    private static final Pattern FIELD = Pattern.compile("(\\w+)=(\\d+)");

    /**
     * Reads the line that the script's {@code done} writes.
     *
     * @throws IllegalArgumentException if there is none; the message has all that wrk wrote
     */
    public static LoadResult parse(String output) {
        var line = LINE.matcher(output);
        if (!line.find()) {
            throw new IllegalArgumentException("wrk gave no result: " + output);
        }
        Map<String, Long> fields = FIELD.matcher(line.group(1))
                .results()
                .collect(Collectors.toMap(field -> field.group(1), LoadResult::value));
        for (String name : WrkScript.FIELDS) {
            if (!fields.containsKey(name)) {
                throw new IllegalArgumentException("wrk did not say " + name + ": " + line.group());
            }
        }
        return new LoadResult(
                fields.getOrDefault("requests", 0L),
                fields.getOrDefault("micros", 0L),
                fields.getOrDefault("status", 0L),
                fields.getOrDefault("connect", 0L)
                        + fields.getOrDefault("read", 0L)
                        + fields.getOrDefault("write", 0L)
                        + fields.getOrDefault("timeout", 0L),
                fields.getOrDefault("p50", 0L),
                fields.getOrDefault("p99", 0L));
    }

    private static long value(MatchResult field) {
        return Long.parseLong(field.group(2));
    }

    /** Requests per second. */
    public double rate() {
        return micros == 0 ? 0 : requests * 1e6 / micros;
    }
}
