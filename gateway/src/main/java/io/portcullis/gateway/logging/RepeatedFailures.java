package io.portcullis.gateway.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Passes one warning or error of a kind each second, and then reports the number of suppressed ones. A kind consists of the
 * logger, the level, the message before its arguments are filled in, the class of the exception, and those arguments that are
 * enum constants or classes. Thus an error code distinguishes kinds, and the path of a request does not.
 *
 * <p>Runs before the log event is created, so that a suppressed line costs neither a stack trace nor the formatting of its
 * text. Remembers a fixed number of kinds; a new kind replaces an older one in the same slot.
 */
final class RepeatedFailures extends TurboFilter {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int KINDS = 256;
    private static final int MAX_TEXT = 200;

    private final LongSupplier nanoTime;
    private final LogCounters counters;
    private final AtomicReferenceArray<@Nullable FailureKind> kinds = new AtomicReferenceArray<>(KINDS);

    /** @param nanoTime the clock, like {@link System#nanoTime} */
    RepeatedFailures(LongSupplier nanoTime, LogCounters counters) {
        this.nanoTime = nanoTime;
        this.counters = counters;
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        // The format is null in calls such as isWarnEnabled().
        if (format == null
                || !level.isGreaterOrEqual(Level.WARN)
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        return isRepeated(new FailureKind(logger, level, format, details(arguments, failure), nanoTime.getAsLong()))
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }

    private boolean isRepeated(FailureKind kind) {
        int slot = Math.floorMod(kind.hash(), KINDS);
        FailureKind known = kinds.get(slot);
        if (known == null || !known.isSame(kind)) {
            kinds.set(slot, kind);
            report(known);
            return false;
        }
        long since = known.since.get();
        if (kind.since.get() - since >= WINDOW_NANOS && known.since.compareAndSet(since, kind.since.get())) {
            report(known);
            return false;
        }
        known.suppressed.incrementAndGet();
        counters.countSuppressed();
        return true;
    }

    /** Reports the suppressed lines of kinds that have not occurred within the last second. */
    void reportFinished() {
        long now = nanoTime.getAsLong();
        for (int i = 0; i < KINDS; i++) {
            FailureKind kind = kinds.get(i);
            if (kind != null && now - kind.since.get() >= WINDOW_NANOS) {
                report(kind);
            }
        }
    }

    private static void report(@Nullable FailureKind kind) {
        long count = kind == null ? 0 : kind.suppressed.getAndSet(0);
        if (kind != null && count > 0) {
            kind.logger.callAppenders(new LoggingEvent(
                    RepeatedFailures.class.getName(),
                    kind.logger,
                    kind.level,
                    "{} more lines of this kind were suppressed: {}",
                    null,
                    new Object[] {count, kind.text}));
        }
    }

    private static int details(Object @Nullable [] arguments, @Nullable Throwable failure) {
        int details = className(failure);
        if (arguments != null) {
            for (Object argument : arguments) {
                if (argument instanceof Enum<?> || argument instanceof Class<?>) {
                    details = 31 * details + argument.toString().hashCode();
                } else if (argument instanceof Throwable thrown) {
                    details = 31 * details + className(thrown);
                }
            }
        }
        return details;
    }

    private static int className(@Nullable Throwable failure) {
        return failure == null ? 0 : failure.getClass().getName().hashCode();
    }

    private static final class FailureKind {
        final Logger logger;
        final Level level;
        /** The beginning of the message format only: a library may have put client input into the format itself. */
        final String text;

        final int format;
        final int details;
        final AtomicLong since;
        final AtomicLong suppressed = new AtomicLong();

        FailureKind(Logger logger, Level level, String format, int details, long now) {
            this.logger = logger;
            this.level = level;
            this.text = format.length() <= MAX_TEXT ? format : format.substring(0, MAX_TEXT);
            this.format = format.hashCode();
            this.details = details;
            this.since = new AtomicLong(now);
        }

        int hash() {
            return Objects.hash(logger.getName(), level.levelInt, format, details);
        }

        boolean isSame(FailureKind other) {
            return logger == other.logger && level == other.level && format == other.format && details == other.details;
        }
    }
}
