package io.portcullis.core.id;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Generates UUIDs of version 7 (RFC 9562). They are ordered by time, so new rows go to the end of an index, and they
 * need no sequence of the database.
 */
public final class TimeOrderedIds implements Supplier<String> {
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;

    private final Clock clock;
    private final SecureRandom random;

    /** Creates a generator that takes the timestamp from the clock and the other bits from {@code random}. */
    public TimeOrderedIds(Clock clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /** Returns a new id in the canonical text form of 36 characters. */
    @Override
    public String get() {
        long high = clock.millis() << 16 | VERSION_7 | random.nextInt(1 << 12);
        long low = (random.nextLong() & VARIANT_MASK) | VARIANT;
        return new UUID(high, low).toString();
    }
}
