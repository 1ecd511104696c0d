package io.portcullis.core.identity;

import io.portcullis.core.token.store.RevokedToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides when keys are added and removed. A key signs for one period. It is published {@link #OVERLAP} before, so that each node, and each
 * service that has cached the key set, knows it in time, and remains published for {@link #RETENTION} after its successor has begun:
 *
 * <pre>
 * key 1   |---- signs ----------------|-- published --|
 * key 2             |-- published ----|---- signs ----------------|-- published --|
 *                   |&lt;-- OVERLAP ----&gt;|&lt;- RETENTION -&gt;|
 * </pre>
 *
 * @param period the time for which a key signs
 */
record IdentityKeySchedule(Duration period) {
    /** Much longer than a service caches the key set, and than MySQL is out of reach for one node alone. */
    static final Duration OVERLAP = Duration.ofHours(1);

    /** The life of the last token that a key signed, the clocks of two nodes, and a node that has not read the successor yet. */
    static final Duration RETENTION = IdentityTokens.LIFETIME
            .plus(RevokedToken.CLOCK_SKEW.multipliedBy(2))
            .plus(OVERLAP);

    /**
     * Returns the time from which a key that is added now signs; null if none is to be added.
     *
     * @param keys all keys, in the order in which they sign
     */
    @Nullable
    Instant findNext(List<StoredIdentityKey> keys, Instant now) {
        if (keys.isEmpty()) {
            return now;
        }
        Instant due = keys.get(keys.size() - 1).signsFrom().plus(period);
        Instant earliest = now.plus(OVERLAP);
        if (due.isAfter(earliest)) {
            return null;
        }
        return earliest;
    }

    /** Returns the keys that are to be removed now, because no token is valid any more that they signed. */
    List<StoredIdentityKey> findExpired(List<StoredIdentityKey> keys, Instant now) {
        Instant limit = now.minus(RETENTION);
        return IntStream.range(0, Math.max(0, keys.size() - 1))
                .filter(i -> keys.get(i + 1).signsFrom().isBefore(limit))
                .mapToObj(keys::get)
                .toList();
    }

    /** Returns whether a key is to be added or removed. */
    boolean isDue(List<StoredIdentityKey> keys, Instant now) {
        return findNext(keys, now) != null || !findExpired(keys, now).isEmpty();
    }
}
