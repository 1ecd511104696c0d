package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenCacheContract;
import io.portcullis.core.token.store.RevocationReason;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Verifies which connection failures the cache retries. */
class RejectedCommandTests {
    private static final Duration LIMIT = AccessTokenCacheContract.LIMIT;
    private static final String REJECTED = "Currently not connected. Commands are rejected.";

    private final AtomicInteger attempts = new AtomicInteger();

    private RedisAccessTokenCache failing(int times, RedisException failure) {
        return new RedisAccessTokenCache(new FailingSource(times, failure), null);
    }

    private final class FailingSource implements RedisCommandExecutor {
        private final int times;
        private final RedisException failure;

        FailingSource(int times, RedisException failure) {
            this.times = times;
            this.failure = failure;
        }

        @Override
        public RedisClusterReactiveCommands<String, String> commands() {
            return RejectedCommandTests.commands(attempts.incrementAndGet() <= times, failure);
        }

        @Override
        public void dispatch(GetTokenCommand lookup) {
            attempts.incrementAndGet();
            boolean unused = lookup.completeExceptionally(failure);
        }

        @Override
        public RedisSettings.Timeouts timeouts() {
            return new RedisSettings.Timeouts(LIMIT, LIMIT, LIMIT, LIMIT);
        }
    }

    @SuppressWarnings("unchecked")
    private static RedisClusterReactiveCommands<String, String> commands(boolean fail, RedisException failure) {
        return (RedisClusterReactiveCommands<String, String>) Proxy.newProxyInstance(
                RejectedCommandTests.class.getClassLoader(),
                new Class<?>[] {RedisClusterReactiveCommands.class},
                (proxy, method, arguments) -> fail ? Mono.error(failure) : Mono.just("OK"));
    }

    private static Mono<Void> revoke(RedisAccessTokenCache store) {
        return store.revoke("d", RevocationReason.of(EndReason.LOGOUT), LIMIT);
    }

    private static void verifyUnavailable(Mono<?> call) {
        StepVerifier.create(RedisFixture.failureOf(call))
                .expectNext(ErrorCode.UNAVAILABLE)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void revokeWhenRejectedTwiceThenDone() {
        StepVerifier.create(revoke(failing(2, new RedisException(REJECTED))))
                .expectComplete()
                .verify(LIMIT);

        assertThat(attempts).hasValue(3);
    }

    @Test
    void revokeWhenAlwaysRejectedThenUnavailable() {
        verifyUnavailable(revoke(failing(Integer.MAX_VALUE, new RedisException(REJECTED))));

        assertThat(attempts).hasValue(3);
    }

    @Test
    void revokeWhenItMayHaveRunThenNotTriedAgain() {
        verifyUnavailable(revoke(failing(1, new RedisCommandTimeoutException("late"))));

        assertThat(attempts).hasValue(1);
    }

    @Test
    void findWhenRejectedThenUnavailableAtOnce() {
        verifyUnavailable(failing(1, new RedisException(REJECTED)).find("d"));

        assertThat(attempts).hasValue(1);
    }
}
