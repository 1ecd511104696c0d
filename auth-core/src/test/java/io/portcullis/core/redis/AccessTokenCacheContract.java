package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Defines the contract of {@link AccessTokenCache}. Standalone Redis, Sentinel and Cluster each run this suite. */
abstract class AccessTokenCacheContract {
    static final Identity ALICE = new Identity("1", "alice", "member", "t1", Set.of("admin", "user"), "s1");
    static final Duration LIMIT = Duration.ofSeconds(10);
    static final Duration TTL = Duration.ofMinutes(1);

    static Stream<RevocationReason> reasons() {
        return Stream.concat(
                Stream.of(RevocationReason.SUPERSEDED),
                Stream.of(EndReason.values()).map(RevocationReason::of));
    }

    abstract AccessTokenCache store();

    static String digest() {
        return (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    }

    Optional<AccessTokenEntry> find(String digest) {
        return store().find(digest).blockOptional(LIMIT);
    }

    void put(String digest, Identity identity, Duration ttl) {
        store().putIfAbsent(digest, identity, ttl).block(LIMIT);
    }

    void revoke(String digest, RevocationReason reason) {
        store().revoke(digest, reason, TTL).block(LIMIT);
    }

    @Test
    void findWhenNothingIsThereThenEmpty() {
        assertThat(find(digest())).isEmpty();
    }

    @Test
    void findWhenPutThenLive() {
        // The number of digests is high enough to reach every node of a Cluster.
        IntStream.range(0, 32).mapToObj(i -> digest()).forEach(digest -> {
            put(digest, ALICE, TTL);
            assertThat(find(digest)).contains(new AccessTokenEntry.Live(ALICE));
        });
    }

    @Test
    void findWhenNamesAreOddThenUnchanged() {
        Identity odd = new Identity("\\s", "a\u001fb\\\u001f", "", null, Set.of("\u001fadmin", "\u6f22"), "s");
        String digest = digest();
        put(digest, odd, TTL);

        assertThat(find(digest)).contains(new AccessTokenEntry.Live(odd));
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void findWhenRevokedThenTombstone(RevocationReason reason) {
        String digest = digest();
        put(digest, ALICE, TTL);
        revoke(digest, reason);

        assertThat(find(digest)).contains(new AccessTokenEntry.Tombstone(reason));
    }

    @Test
    void putIfAbsentWhenRevokedBeforeThenTombstoneStays() {
        String digest = digest();
        revoke(digest, RevocationReason.of(EndReason.LOGOUT));
        put(digest, ALICE, TTL);

        assertThat(find(digest)).contains(new AccessTokenEntry.Tombstone(RevocationReason.of(EndReason.LOGOUT)));
    }

    @Test
    void putIfAbsentWhenTimeIsUpThenGone() {
        String digest = digest();
        put(digest, ALICE, Duration.ZERO);

        assertThat(store().find(digest)
                        .hasElement()
                        .filter(there -> !there)
                        .repeatWhenEmpty(rounds -> rounds.delayElements(Duration.ofMillis(2)))
                        .blockOptional(LIMIT))
                .contains(false);
    }
}
