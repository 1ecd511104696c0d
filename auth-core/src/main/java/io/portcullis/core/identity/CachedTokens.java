package io.portcullis.core.identity;

import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.TokenGrant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of the last half minute, in two generations: new tokens enter the younger one, and the older one is dropped as a whole when
 * the younger one is full or as old as a token may be. So the number of tokens is bounded, no thread waits for a lock on all, and a token
 * remains at least as long as half of the capacity allows. Thread-safe.
 */
final class CachedTokens {
    private final long maxAgeMillis;
    private final int maxPerGeneration;
    private volatile Generations generations = new Generations(0);

    /**
     * @param maxAgeMillis the age from which a token is made anew
     * @param capacity the largest number of tokens
     */
    CachedTokens(long maxAgeMillis, int capacity) {
        this.maxAgeMillis = maxAgeMillis;
        this.maxPerGeneration = Math.max(1, capacity / 2);
    }

    /**
     * What a token says and to whom, and the id of the key that signs. Another identity, for example with other roles, has another token,
     * and no token of a key that was removed serves further requests. The grant of the access token does not matter: no token names it, and
     * Redis and MySQL know different parts of it.
     */
    record Key(Identity identity, String audience, String signerId) {
        Key {
            if (!identity.grant().equals(TokenGrant.NONE)) {
                identity = identity.with(TokenGrant.NONE);
            }
        }
    }

    /** A token, or the promise of one. */
    static final class Entry {
        private final long madeAt;
        private final AtomicBoolean claimed = new AtomicBoolean();
        private final CompletableFuture<String> token = new CompletableFuture<>();

        private Entry(long madeAt) {
            this.madeAt = madeAt;
        }

        CompletableFuture<String> token() {
            return token;
        }

        /** Returns true to one caller alone, who completes the token. */
        boolean claim() {
            return !claimed.get() && claimed.compareAndSet(false, true);
        }
    }

    private static final class Generations {
        private final long begunAt;
        private final ConcurrentMap<Key, Entry> young = new ConcurrentHashMap<>();
        private final ConcurrentMap<Key, Entry> old;

        Generations(long begunAt) {
            this(begunAt, new ConcurrentHashMap<>());
        }

        Generations(long begunAt, ConcurrentMap<Key, Entry> old) {
            this.begunAt = begunAt;
            this.old = old;
        }

        @Nullable
        Entry find(Key key) {
            Entry entry = young.get(key);
            return entry == null ? old.get(key) : entry;
        }
    }

    /** Returns the token of the key that is younger than the maximum age and has not failed, or a new entry that no caller has claimed. */
    Entry get(Key key, long nowMillis) {
        Generations present = generations;
        Entry found = present.find(key);
        return found != null && isFresh(found, nowMillis)
                ? found
                : writable(present, nowMillis)
                        .young
                        .compute(
                                key,
                                (same, entry) ->
                                        entry != null && isFresh(entry, nowMillis) ? entry : new Entry(nowMillis));
    }

    private Generations writable(Generations present, long nowMillis) {
        boolean worn =
                present.young.size() >= maxPerGeneration || Math.abs(nowMillis - present.begunAt) >= maxAgeMillis;
        return worn ? successor(present, nowMillis) : present;
    }

    /** Returns the generations that follow, which the first of several threads begins. */
    private synchronized Generations successor(Generations present, long nowMillis) {
        if (generations == present) {
            generations = new Generations(nowMillis, present.young);
        }
        return generations;
    }

    private boolean isFresh(Entry entry, long nowMillis) {
        long age = nowMillis - entry.madeAt;
        // After a step of the clock backwards the age is negative.
        return age >= 0 && age < maxAgeMillis && !entry.token.isCompletedExceptionally();
    }

    /** Returns the number of tokens. */
    int size() {
        Generations present = generations;
        return present.young.size() + present.old.size();
    }
}
