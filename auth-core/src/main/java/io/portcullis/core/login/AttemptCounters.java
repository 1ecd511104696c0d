package io.portcullis.core.login;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Wrong passwords, and checks under way, of a bounded number of keys; the least recently used key gives way to a new one. A window
 * begins with a key's first wrong password. Checks under way count as if they were wrong, so that concurrent ones cannot pass a limit
 * together.
 */
final class AttemptCounters {
    private static final Duration PENDING_RETRY = Duration.ofSeconds(1);

    private final int limit;
    private final Duration window;
    private final Map<String, Counter> counters;

    /**
     * @param limit wrong passwords of one key in a window
     * @param maxKeys keys that are remembered
     */
    AttemptCounters(int limit, Duration window, int maxKeys) {
        this.limit = limit;
        this.window = window;
        this.counters = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Counter> eldest) {
                return size() > maxKeys;
            }
        };
    }

    // What is synchronized here and in the slots is a look-up and an addition.
    /** Reserves one check; the slot says whether there was one to reserve. */
    synchronized Slot reserve(String key, Instant now) {
        var counter = counters.computeIfAbsent(key, name -> new Counter());
        if (counter.failed > 0 && !now.isBefore(counter.windowEnd)) {
            counter.failed = 0;
        }
        boolean granted = counter.failed + counter.pending < limit;
        if (granted) {
            counter.pending++;
        }
        return new Slot(counter, now, granted);
    }

    synchronized int keys() {
        return counters.size();
    }

    private static final class Counter {
        Instant windowEnd = Instant.MIN;
        int failed;
        int pending;
        Instant reportedUntil = Instant.MIN;
        int exceptionsUnderWay;
    }

    /** One check's share in a counter. One check uses an instance, and its signals are serialized. */
    final class Slot {
        private final Counter counter;
        private final Instant at;
        private final boolean granted;
        private boolean settled;
        private boolean exception;

        private Slot(Counter counter, Instant at, boolean granted) {
            this.counter = counter;
            this.at = at;
            this.granted = granted;
            this.settled = !granted;
        }

        boolean granted() {
            return granted;
        }

        /** Whether wrong passwords alone, without checks under way, reach the limit. */
        boolean exhausted() {
            synchronized (AttemptCounters.this) {
                return counter.failed >= limit;
            }
        }

        /** When the next try may be granted. */
        Duration retryAfter() {
            synchronized (AttemptCounters.this) {
                return counter.failed >= limit ? Duration.between(at, counter.windowEnd) : PENDING_RETRY;
            }
        }

        /** True once per key and window, so that a refusal is written to the log once. */
        boolean reportsFirst() {
            synchronized (AttemptCounters.this) {
                boolean first = !at.isBefore(counter.reportedUntil);
                if (first) {
                    counter.reportedUntil = at.plus(window);
                }
                return first;
            }
        }

        /** Takes one of the key's {@code max} places for exceptions to a limit; false if all are taken. Released by {@link #settle}. */
        boolean beginException(int max) {
            synchronized (AttemptCounters.this) {
                exception = counter.exceptionsUnderWay < max;
                if (exception) {
                    counter.exceptionsUnderWay++;
                }
                return exception;
            }
        }

        /** Ends the reservation. Only the first call counts. */
        void settle(boolean failed) {
            synchronized (AttemptCounters.this) {
                if (exception) {
                    exception = false;
                    counter.exceptionsUnderWay--;
                }
                if (!settled) {
                    settled = true;
                    counter.pending--;
                    if (failed) {
                        countFailure();
                    }
                }
            }
        }

        private void countFailure() {
            if (counter.failed == 0 || !at.isBefore(counter.windowEnd)) {
                counter.failed = 0;
                counter.windowEnd = at.plus(window);
            }
            counter.failed++;
        }
    }
}
