package io.portcullis.bench.load;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The times at which h2load sends requests. Each connection sends its first request when it is open, and then one in each
 * period. The timers of h2load fire at most once in 10 ms, and several requests that are due by then leave together; so there
 * are enough connections for a period of 20 ms or more. The connections are opened one after the other, at an interval that
 * spreads them over the period, because connections that are opened together would send together ever after.
 *
 * @param rate the requests per second of all connections together
 * @param connections the number of connections
 * @param intervalMillis the time between the openings of two connections
 * @param requestsEach the number of requests on each connection
 */
record Schedule(int rate, int connections, int intervalMillis, int requestsEach) {
    private static final int MAX_RATE_PER_CONNECTION = 50;
    private static final int MAX_OPENING_MILLIS = 2_000;

    /** The number of additional connections to try for a better spread. */
    private static final int MORE_CONNECTIONS = 16;

    private static final double MICROS = 1e6;

    /**
     * Returns a schedule under which all connections send for at least the given number of seconds.
     *
     * @param leastConnections the number of connections, unless the rate needs more
     */
    static Schedule of(int rate, int leastConnections, int seconds) {
        Schedule spread = spread(rate, Math.max(leastConnections, (rate - 1) / MAX_RATE_PER_CONNECTION + 1));
        double micros = seconds * MICROS + spread.openingMicros();
        int requestsEach = (int) Math.ceil(micros / spread.periodMicros()) + 1;
        return new Schedule(rate, spread.connections, spread.intervalMillis, requestsEach);
    }

    /** Returns the schedule whose longest time without a request is the shortest. */
    private static Schedule spread(int rate, int leastConnections) {
        Schedule best = new Schedule(rate, leastConnections, 1, 1);
        double shortest = best.longestGapMicros();
        for (int connections = leastConnections; connections < leastConnections + MORE_CONNECTIONS; connections++) {
            int longestInterval = Math.max(1, MAX_OPENING_MILLIS / connections);
            for (int interval = 1; interval <= longestInterval; interval++) {
                Schedule next = new Schedule(rate, connections, interval, 1);
                double gap = next.longestGapMicros();
                if (gap < shortest) {
                    best = next;
                    shortest = gap;
                }
            }
        }
        return best;
    }

    /** Returns the longest time between two requests of any connections in a period, in microseconds. */
    double longestGapMicros() {
        double period = periodMicros();
        double[] sent = IntStream.range(0, connections)
                .mapToDouble(i -> i * intervalMillis * 1e3 % period)
                .sorted()
                .toArray();
        double longest = period - sent[connections - 1];
        for (int i = 1; i < connections; i++) {
            longest = Math.max(longest, sent[i] - sent[i - 1]);
        }
        return longest;
    }

    /** Returns the time between two requests of a connection, in microseconds. */
    private double periodMicros() {
        return connections * MICROS / rate;
    }

    /** Returns the time from the first to the last request of a connection, in microseconds. */
    double activeMicros() {
        return (requestsEach - 1) * periodMicros();
    }

    /** Returns the duration of a run without delays, in seconds. */
    int seconds() {
        return (int) Math.ceil((openingMicros() + activeMicros()) / MICROS);
    }

    long requests() {
        return (long) connections * requestsEach;
    }

    List<String> arguments() {
        return List.of(
                "--clients=" + connections,
                "--requests=" + requests(),
                "--rps=" + String.format(Locale.ROOT, "%.6f", (double) rate / connections),
                "--rate=1",
                "--rate-period=" + intervalMillis + "ms");
    }

    private double openingMicros() {
        return connections * intervalMillis * 1e3;
    }
}
