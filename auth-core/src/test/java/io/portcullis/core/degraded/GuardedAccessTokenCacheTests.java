package io.portcullis.core.degraded;

import static io.portcullis.core.mother.Identities.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupListener;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.WriteRefusedException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Tests the guard with a scripted cache, which can place a disruption between a command and its reply. */
class GuardedAccessTokenCacheTests {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final AccessTokenEntry LIVE = new AccessTokenEntry.Live(ALICE);

    private final AtomicLong disruptions = new AtomicLong();
    private final DegradedMode degraded = new DegradedMode(disruptions::get);
    private final ManualAccessTokenCache redis = new ManualAccessTokenCache();
    private final GuardedAccessTokenCache cache = new GuardedAccessTokenCache(
            redis, new StoreBreaker("Redis", new BreakerSettings(50, LIMIT, 20, 10, LIMIT, 1)), degraded);

    @BeforeEach
    void trustedEpoch() {
        recover();
    }

    private void recover() {
        assertThat(degraded.leave(degraded.attempt().orElseThrow(), 0)).isTrue();
    }

    private StepVerifier.FirstStep<AccessTokenEntry> find() {
        return StepVerifier.create(cache.find("d"));
    }

    private static void verifyUnavailable(StepVerifier.Step<AccessTokenEntry> find) {
        find.expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                PortcullisException.class,
                                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE)))
                .verify(LIMIT);
    }

    @Test
    void findWhenTrustedThenTheAnswer() {
        find().then(() -> redis.reply(LIVE)).expectNext(LIVE).expectComplete().verify(LIMIT);
    }

    @Test
    void findWhenDisruptedBeforeTheAnswerThenDistrusted() {
        verifyUnavailable(find().then(disruptions::incrementAndGet).then(() -> redis.reply(LIVE)));
    }

    @Test
    void findWhenDisruptedAndRepairedBeforeTheAnswerThenDistrusted() {
        verifyUnavailable(
                find().then(disruptions::incrementAndGet).then(this::recover).then(() -> redis.reply(LIVE)));
    }

    @Test
    void findWhenDisruptedBeforeThenNotAsked() {
        disruptions.incrementAndGet();

        verifyUnavailable(find());
        assertThat(redis.findCount).isZero();
    }

    @Test
    void putIfAbsentWhenDisruptedThenNotDoneButRevokeIs() {
        disruptions.incrementAndGet();

        redis.write = Mono.error(new AssertionError("must not be asked"));
        put().expectError(PortcullisException.class).verify(LIMIT);
        redis.write = Mono.empty();
        StepVerifier.create(cache.revoke("d", RevocationReason.of(EndReason.LOGOUT), LIMIT))
                .expectComplete()
                .verify(LIMIT);
        assertThat(redis.revokeCount).isEqualTo(1);
    }

    private static PortcullisException refusal() {
        return PortcullisException.storeUnavailable(
                "Redis", new WriteRefusedException(new IllegalStateException("OOM command not allowed")));
    }

    private static PortcullisException timeout() {
        return PortcullisException.storeUnavailable("Redis", new TimeoutException());
    }

    private StepVerifier.FirstStep<Void> put() {
        return StepVerifier.create(cache.putIfAbsent("d", ((AccessTokenEntry.Live) LIVE).identity(), LIMIT));
    }

    @Test
    void revokeWhenRefusedThenRedisIsNotTrusted() {
        redis.write = Mono.error(refusal());

        StepVerifier.create(cache.revoke("d", RevocationReason.of(EndReason.LOGOUT), LIMIT))
                .expectError(PortcullisException.class)
                .verify(LIMIT);

        assertThat(degraded.active()).isTrue();
    }

    @Test
    void putIfAbsentWhenRefusedThenRedisIsNotTrusted() {
        redis.write = Mono.error(refusal());

        put().expectError(PortcullisException.class).verify(LIMIT);

        assertThat(degraded.active()).isTrue();
    }

    @Test
    void writesWhenOneOfEachTimesOutThenRedisIsStillTrusted() {
        redis.write = Mono.error(timeout());

        put().expectError(PortcullisException.class).verify(LIMIT);
        StepVerifier.create(cache.revoke("d", RevocationReason.of(EndReason.LOGOUT), LIMIT))
                .expectError(PortcullisException.class)
                .verify(LIMIT);

        assertThat(degraded.active()).isFalse();
    }

    private static final class ManualAccessTokenCache implements AccessTokenCache {
        private @Nullable CacheLookupListener waiting;
        private int findCount;
        private int revokeCount;
        private Mono<Void> write = Mono.empty();

        void reply(AccessTokenEntry entry) {
            Objects.requireNonNull(waiting).found(entry);
        }

        @Override
        public void find(String digest, CacheLookupListener listener) {
            findCount++;
            waiting = listener;
        }

        @Override
        public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
            return write;
        }

        @Override
        public Mono<Void> expire(String digest, Duration remaining) {
            return Mono.error(new AssertionError("must not be asked"));
        }

        @Override
        public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
            return Mono.<Void>fromRunnable(() -> revokeCount++).then(write);
        }
    }
}
