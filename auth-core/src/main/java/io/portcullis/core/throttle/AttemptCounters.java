package io.portcullis.core.throttle;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts wrong passwords and running checks per key, for a bounded number of keys; a new key evicts the least
 * recently used one. The window of a key starts with its first wrong password. A running check counts like a wrong
 * password, so that concurrent checks cannot exceed the limit together.
 */
final class AttemptCounters {
    private static final Duration PENDING_RETRY = Duration.ofSeconds(1);

    private final int limit;
    private final Duration window;
    private final Map<String, Counter> counters;

    /**
     * Creates counters without keys.
     *
     * @param limit the number of wrong passwords of one key in a window
     * @param window the length of a window
     * @param maxKeys the number of keys that are kept
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

    /**
     * Reserves one check for the key. {@link Slot#granted} tells whether the limit allows it. The lock is held for a
     * look-up and an addition only.
     */
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

    /** The reservation of one check in one counter. Used by one check, whose signals are serialized. */
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

        /** Returns whether wrong passwords alone, without running checks, reach the limit. */
        boolean exhausted() {
            synchronized (AttemptCounters.this) {
                return counter.failed >= limit;
            }
        }

        /** Returns the time after which the next attempt may be granted. */
        Duration retryAfter() {
            synchronized (AttemptCounters.this) {
                return counter.failed >= limit ? Duration.between(at, counter.windowEnd) : PENDING_RETRY;
            }
        }

        /** Returns true on the first call per key and window, so that the refusals of a window cause one log entry. */
        boolean reportsFirst() {
            synchronized (AttemptCounters.this) {
                boolean first = !at.isBefore(counter.reportedUntil);
                if (first) {
                    counter.reportedUntil = at.plus(window);
                }
                return first;
            }
        }

        /**
         * Reserves one of {@code max} exceptions of the key, each of which lets a check continue although the limit
         * is reached. Returns false if all are in use. {@link #settle} releases the exception.
         */
        boolean beginException(int max) {
            synchronized (AttemptCounters.this) {
                exception = counter.exceptionsUnderWay < max;
                if (exception) {
                    counter.exceptionsUnderWay++;
                }
                return exception;
            }
        }

        /**
         * Ends the reservation. Further calls have no effect.
         *
         * @param failed whether the check counts as a wrong password
         */
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
