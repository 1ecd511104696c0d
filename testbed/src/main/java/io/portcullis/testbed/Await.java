package io.portcullis.testbed;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Waits for a condition that no signal announces. A busy or suspended machine does not use up the time limit: each evaluation of the
 * condition, with the pause after it, counts as {@link #LONGEST_ROUND} at most, and the condition is evaluated once more after the limit.
 */
public final class Await {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_ROUND = Duration.ofSeconds(1);

    private Await() {}

    /**
     * Waits for at least 30 s.
     *
     * @param description the condition in words, for the error
     * @throws AssertionError if the condition is still false after the limit
     */
    public static void until(String description, Callable<Boolean> condition) {
        until(() -> description, LIMIT, condition);
    }

    /**
     * Waits for at least {@code limit}.
     *
     * @param description the condition in words, for the error
     * @throws AssertionError if the condition is still false after the limit
     */
    public static void until(String description, Duration limit, Callable<Boolean> condition) {
        until(() -> description, limit, condition);
    }

    /**
     * Waits for at least {@code limit}.
     *
     * @param description the condition in words, and what was seen instead; called after the limit
     * @throws AssertionError if the condition is still false after the limit
     */
    public static void until(Supplier<String> description, Duration limit, Callable<Boolean> condition) {
        long left = limit.toNanos();
        long before = System.nanoTime();
        while (!isTrue(condition)) {
            if (left <= 0) {
                throw new AssertionError("not within " + limit + ": " + description.get());
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            long now = System.nanoTime();
            left -= Math.min(now - before, LONGEST_ROUND.toNanos());
            before = now;
        }
    }

    /** An exception of the evaluation ends the wait. */
    private static boolean isTrue(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the condition cannot be evaluated: " + e, e);
        }
    }
}
