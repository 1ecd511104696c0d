package io.portcullis.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.TokenGrant;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CachedTokensTests {
    private static final int CAPACITY = 100;

    private final CachedTokens cache = new CachedTokens(1_000, CAPACITY);

    private static CachedTokens.Key key(String session, String... roles) {
        return new CachedTokens.Key(new Identity("1", "alice", "user", null, Set.of(roles), session), "orders", "key");
    }

    @Test
    void getWhenYoungThenTheSameForEqualIdentities() {
        var first = cache.get(key("s", "user"), 5_000);

        assertThat(first.claim()).isTrue();
        assertThat(first.claim()).isFalse();
        assertThat(cache.get(key("s", "user"), 5_999)).isSameAs(first);
        assertThat(cache.get(key("s", "user", "admin"), 5_999)).isNotSameAs(first);
        assertThat(cache.get(key("t", "user"), 5_999)).isNotSameAs(first);
    }

    @Test
    void getWhenAnotherAccessTokenOfTheSessionThenTheSame() {
        CachedTokens.Key key = key("s", "user");
        var grant = new TokenGrant(null, Set.of(), Instant.EPOCH, Instant.MAX);
        var granted = new CachedTokens.Key(key.identity().with(grant), key.audience(), key.signerId());
        var first = cache.get(key, 5_000);

        assertThat(cache.get(granted, 5_001)).isSameAs(first);
    }

    @Test
    void getWhenOldOrFromTheFutureThenAnother() {
        var first = cache.get(key("s"), 5_000);

        assertThat(cache.get(key("s"), 6_000)).isNotSameAs(first);
        var second = cache.get(key("s"), 6_000);
        assertThat(cache.get(key("s"), 5_999)).as("the clock was set back").isNotSameAs(second);
    }

    @Test
    void getWhenTheSigningFailedThenAnother() {
        var first = cache.get(key("s"), 5_000);
        first.token().completeExceptionally(new IllegalStateException("no key"));

        assertThat(cache.get(key("s"), 5_001)).isNotSameAs(first);
    }

    @Test
    void getWhenManySessionsComeThenTheNumberIsBoundedAndTheLatestRemain() {
        for (int i = 0; i < 10 * CAPACITY; i++) {
            var unused = cache.get(key("s" + i), 5_000);
            assertThat(cache.size()).isLessThanOrEqualTo(CAPACITY);
        }
        var latest = cache.get(key("s" + (10 * CAPACITY - 1)), 5_000);
        var earlier = cache.get(key("s" + (10 * CAPACITY - CAPACITY / 2)), 5_000);
        assertThat(latest).isSameAs(cache.get(key("s" + (10 * CAPACITY - 1)), 5_000));
        assertThat(earlier).isSameAs(cache.get(key("s" + (10 * CAPACITY - CAPACITY / 2)), 5_000));
    }

    @Test
    void getWhenAllAreOldThenTheyAreDropped() {
        for (int i = 0; i < CAPACITY / 4; i++) {
            var unused = cache.get(key("s" + i), 5_000);
        }
        var one = cache.get(key("a"), 7_000);
        var two = cache.get(key("a"), 9_000);

        assertThat(two).isNotSameAs(one);
        assertThat(cache.size()).isLessThanOrEqualTo(2);
    }
}
