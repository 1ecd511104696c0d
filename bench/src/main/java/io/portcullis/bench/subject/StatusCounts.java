package io.portcullis.bench.subject;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The number of responses of a gateway by status, from its own metrics. wrk counts only statuses of 400 and above together;
 * counting each status would slow wrk down.
 *
 * @param byStatus the counts, such as 503 to 17
 */
public record StatusCounts(Map<String, Long> byStatus) {
    private static final Pattern LINE =
            Pattern.compile("(?m)^http_server_requests_seconds_count\\{[^}]*status=\"(\\d+)\"[^}]*} ([\\d.E]+)");

    public StatusCounts {
        byStatus = Map.copyOf(byStatus);
    }

    /** Parses the response of {@code /actuator/prometheus}. */
    static StatusCounts parse(String text) {
        Map<String, Long> counts = new TreeMap<>();
        LINE.matcher(text)
                .results()
                .forEach(line -> counts.merge(line.group(1), (long) Double.parseDouble(line.group(2)), Long::sum));
        return new StatusCounts(counts);
    }

    /** Returns the difference to an earlier reading. */
    public StatusCounts since(StatusCounts earlier) {
        Map<String, Long> counts = new TreeMap<>();
        byStatus.forEach((status, count) -> {
            long more = count - earlier.byStatus.getOrDefault(status, 0L);
            if (more > 0) {
                counts.put(status, more);
            }
        });
        return new StatusCounts(counts);
    }

    @Override
    public String toString() {
        return new TreeMap<>(byStatus).toString();
    }
}
