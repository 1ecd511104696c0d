package io.portcullis.bench.subject;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How many answers of which status a gateway has given, by its own metrics. wrk only counts those of 400 and above; to count each
 * would slow it down.
 *
 * @param byStatus such as 503 to 17
 */
public record StatusCounts(Map<String, Long> byStatus) {
    private static final Pattern LINE =
            Pattern.compile("(?m)^http_server_requests_seconds_count\\{[^}]*status=\"(\\d+)\"[^}]*} ([\\d.E]+)");

    public StatusCounts {
        byStatus = Map.copyOf(byStatus);
    }

    /** From what {@code /actuator/prometheus} answers. */
    static StatusCounts parse(String text) {
        Map<String, Long> counts = new TreeMap<>();
        LINE.matcher(text)
                .results()
                .forEach(line -> counts.merge(line.group(1), (long) Double.parseDouble(line.group(2)), Long::sum));
        return new StatusCounts(counts);
    }

    /** What came since then. */
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
