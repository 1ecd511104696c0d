package io.portcullis.core.token.store;

import static io.portcullis.core.mother.Identities.ALICE;
import static io.portcullis.core.mother.Tokens.aDigest;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Defines the contract of {@link AccessTokenCache}. Every implementation runs this suite, and Redis in each of its modes. */
public abstract class AccessTokenCacheContract {
    public static final Duration LIMIT = Duration.ofSeconds(10);
    public static final Duration TTL = Duration.ofMinutes(1);

    public static Stream<RevocationReason> reasons() {
        return Stream.concat(
                Stream.of(RevocationReason.SUPERSEDED),
                Stream.of(EndReason.values()).map(RevocationReason::of));
    }

    /** Returns the cache under test. */
    protected abstract AccessTokenCache cache();

    protected final Optional<AccessTokenEntry> find(String digest) {
        return cache().find(digest).blockOptional(LIMIT);
    }

    protected final void put(String digest, Identity identity, Duration ttl) {
        cache().putIfAbsent(digest, identity, ttl).block(LIMIT);
    }

    protected final void revoke(String digest, RevocationReason reason) {
        cache().revoke(digest, reason, TTL).block(LIMIT);
    }

    @Test
    void findWhenNothingIsThereThenEmpty() {
        assertThat(find(aDigest())).isEmpty();
    }

    @Test
    void findWhenPutThenLive() {
        // The number of digests is high enough to reach every node of a Cluster.
        IntStream.range(0, 32).mapToObj(i -> aDigest()).forEach(digest -> {
            put(digest, ALICE, TTL);
            assertThat(find(digest)).contains(new AccessTokenEntry.Live(ALICE));
        });
    }

    @Test
    void findWhenNamesAreOddThenUnchanged() {
        Identity odd = new Identity("\\s", "a\u001fb\\\u001f", "", null, Set.of("\u001fadmin", "\u6f22"), "s");
        String digest = aDigest();
        put(digest, odd, TTL);

        assertThat(find(digest)).contains(new AccessTokenEntry.Live(odd));
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void findWhenRevokedThenTombstone(RevocationReason reason) {
        String digest = aDigest();
        put(digest, ALICE, TTL);
        revoke(digest, reason);

        assertThat(find(digest)).contains(new AccessTokenEntry.Tombstone(reason));
    }

    @Test
    void putIfAbsentWhenRevokedBeforeThenTombstoneStays() {
        String digest = aDigest();
        revoke(digest, RevocationReason.of(EndReason.LOGOUT));
        put(digest, ALICE, TTL);

        assertThat(find(digest)).contains(new AccessTokenEntry.Tombstone(RevocationReason.of(EndReason.LOGOUT)));
    }

    @Test
    void putIfAbsentWhenTimeIsUpThenGone() {
        String digest = aDigest();

        put(digest, ALICE, Duration.ZERO);

        awaitGone(digest);
    }

    @Test
    void expireWhenTimeIsUpThenGone() {
        String digest = aDigest();
        put(digest, ALICE, TTL);

        cache().expire(digest, Duration.ZERO).block(LIMIT);

        awaitGone(digest);
    }

    @Test
    void expireWhenTimeIsLeftThenStillLive() {
        String digest = aDigest();
        put(digest, ALICE, TTL);

        cache().expire(digest, TTL.dividedBy(2)).block(LIMIT);

        assertThat(find(digest)).contains(new AccessTokenEntry.Live(ALICE));
    }

    @Test
    void expireWhenNothingIsThereThenStillNothing() {
        String digest = aDigest();

        cache().expire(digest, TTL).block(LIMIT);

        assertThat(find(digest)).isEmpty();
    }

    private void awaitGone(String digest) {
        assertThat(cache().find(digest)
                        .hasElement()
                        .filter(there -> !there)
                        .repeatWhenEmpty(rounds -> rounds.delayElements(Duration.ofMillis(2)))
                        .blockOptional(LIMIT))
                .contains(false);
    }
}
