package io.portcullis.bench.load;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The log of h2load, which has a line for each response: the time at which the request was sent, in microseconds since the
 * epoch, the status, and the microseconds until the end of the response. Some versions of h2load print no percentiles, so they
 * are computed from the log.
 */
record RequestLog(Schedule schedule, List<Entry> entries) {
    RequestLog {
        entries = List.copyOf(entries);
    }

    /**
     * Parses a log.
     *
     * @throws IllegalArgumentException if a line has another form; the message contains the line
     */
    static RequestLog parse(Schedule schedule, List<String> lines) {
        return new RequestLog(schedule, lines.stream().map(Entry::parse).toList());
    }

    /**
     * Returns the result. The rate and the latencies are those of the requests that were sent while all connections were
     * sending; the other figures count all requests.
     *
     * @throws IllegalArgumentException if at no time all connections were sending
     */
    LoadResult result() {
        List<Entry> measured = fullRate();
        long[] latencies =
                measured.stream().mapToLong(Entry::latencyMicros).sorted().toArray();
        long aborted = entries.stream().filter(entry -> entry.status() < 0).count();
        return new LoadResult(
                entries.size(),
                measured.size() * 1e6 / (windowEnd() - windowStart()),
                entries.stream().filter(entry -> entry.status() >= 400).count(),
                schedule.requests() - entries.size() + aborted,
                percentile(latencies, 50),
                percentile(latencies, 99),
                percentile(latencies, 99.9),
                lateMicros(measured));
    }

    /**
     * Returns the 99th percentile of the time by which requests were sent after an even schedule. A high value says that h2load
     * itself did not get enough CPU time, so that requests left late and together.
     */
    private long lateMicros(List<Entry> measured) {
        long[] starts = measured.stream().mapToLong(Entry::startMicros).sorted().toArray();
        double[] offsets = new double[starts.length];
        for (int i = 0; i < starts.length; i++) {
            offsets[i] = starts[i] - starts[0] - i * 1e6 / schedule.rate();
        }
        double earliest = Arrays.stream(offsets).min().orElse(0);
        return percentile(
                Arrays.stream(offsets)
                        .mapToLong(offset -> (long) (offset - earliest))
                        .sorted()
                        .toArray(),
                99);
    }

    private List<Entry> fullRate() {
        double from = windowStart();
        double to = windowEnd();
        List<Entry> inside = entries.stream()
                .filter(entry -> entry.startMicros() >= from && entry.startMicros() < to)
                .toList();
        if (inside.isEmpty()) {
            throw new IllegalArgumentException("h2load: at no time all %d connections were sending (%d responses)"
                    .formatted(schedule.connections(), entries.size()));
        }
        return inside;
    }

    /** Returns the time of the first request of the connection that was opened last. */
    private double windowStart() {
        return starts().max().orElse(0) - schedule.activeMicros();
    }

    /** Returns the time of the last request of the connection that was opened first. */
    private double windowEnd() {
        return starts().min().orElse(0) + schedule.activeMicros();
    }

    private LongStream starts() {
        return entries.stream().mapToLong(Entry::startMicros);
    }

    /** Returns the smallest value that at least the given percentage of the sorted values do not exceed. */
    private static long percentile(long[] sorted, double percent) {
        int rank = (int) Math.ceil(sorted.length * percent / 100);
        return sorted[Math.max(rank, 1) - 1];
    }

    /**
     * A line of the log.
     *
     * @param status the status of the response, -1 if the request failed
     */
    record Entry(long startMicros, int status, long latencyMicros) {
        static Entry parse(String line) {
            String[] columns = line.split("\t", -1);
            try {
                return new Entry(Long.parseLong(columns[0]), Integer.parseInt(columns[1]), Long.parseLong(columns[2]));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new IllegalArgumentException("h2load logged: " + line + " (expected: time, status, duration)", e);
            }
        }
    }
}
