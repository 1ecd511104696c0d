package io.portcullis.core.redis;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.AccessTokenStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Connections to one Redis and the store on top of them. */
record RedisFixture(RedisConnections connections, AccessTokenStore store) implements AutoCloseable {
    private static final Duration RECOVERY = Duration.ofSeconds(20);

    static RedisFixture of(RedisSettings settings) {
        RedisConnections connections = RedisConnections.create(settings);
        return new RedisFixture(
                connections, new RedisAccessTokenStore(connections::commands, settings.commandTimeout()));
    }

    /** Waits until the store answers. */
    @CanIgnoreReturnValue
    RedisFixture awaitUp() {
        store.find(AccessTokenStoreContract.digest())
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20)))
                .block(RECOVERY);
        return this;
    }

    static Mono<ErrorCode> failureOf(Mono<?> call) {
        return call.then(Mono.<ErrorCode>empty())
                .onErrorResume(PortcullisException.class, failure -> Mono.just(failure.code()));
    }

    static void signal(String signal, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @CanIgnoreReturnValue
    static <T> T value(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(RECOVERY));
    }

    @Override
    public void close() {
        connections.close();
    }
}
