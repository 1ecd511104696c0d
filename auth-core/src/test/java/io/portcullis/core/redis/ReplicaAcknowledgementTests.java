package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.token.store.UnacknowledgedWriteException;
import io.portcullis.core.token.store.WriteRefusedException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Tests acknowledgements with a scripted server, which can place a reconnection between {@code SET} and {@code WAIT}. */
class ReplicaAcknowledgementTests {
    private static final int REPLICAS = 2;

    private final AtomicLong disruptions = new AtomicLong();
    private Mono<String> set = Mono.just("OK");
    private Mono<Long> acknowledged = Mono.just((long) REPLICAS);

    private RedisClusterReactiveCommands<String, String> node() {
        @SuppressWarnings("unchecked")
        var node = (RedisClusterReactiveCommands<String, String>) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RedisClusterReactiveCommands.class},
                (proxy, method, a) -> switch (method.getName()) {
                    case "set" -> set;
                    case "waitForReplication" -> acknowledged;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        return node;
    }

    private @Nullable Throwable failure() {
        var nodes = new ReplicaAcknowledgement.Nodes(key -> Mono.just(node()), address -> Mono.just(node()));
        return new ReplicaAcknowledgement(REPLICAS, Duration.ofMillis(100), nodes, disruptions::get)
                .set("k", "v", SetArgs.Builder.px(1))
                .then(Mono.<Throwable>empty())
                .onErrorResume(Mono::just)
                .block(Duration.ofSeconds(5));
    }

    private static void assertUnavailable(@Nullable Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        PortcullisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void setWhenEnoughReplicasHaveItThenDone() {
        assertThat(failure()).isNull();
    }

    @Test
    void setWhenTooFewReplicasHaveItThenUnavailable() {
        acknowledged = Mono.just(REPLICAS - 1L);

        Throwable failure = failure();

        assertUnavailable(failure);
        assertThat(RootCause.find(Objects.requireNonNull(failure), UnacknowledgedWriteException.class))
                .as("the master has it")
                .isPresent();
    }

    @Test
    void setWhenTheConnectionWasMadeAnewBeforeTheWaitThenUnavailable() {
        acknowledged = Mono.fromSupplier(() -> {
            disruptions.incrementAndGet();
            return (long) REPLICAS - 1;
        });

        Throwable failure = failure();

        assertUnavailable(failure);
        assertThat(RootCause.find(Objects.requireNonNull(failure), UnacknowledgedWriteException.class))
                .as("the master has it")
                .isEmpty();
    }

    @Test
    void setWhenWaitIsNotAllowedThenUnavailableButNoRefusedWrite() {
        acknowledged = Mono.error(new RedisCommandExecutionException("NOPERM this user may not call 'wait'"));

        Throwable failure = failure();

        assertUnavailable(failure);
        assertThat(RootCause.find(Objects.requireNonNull(failure), WriteRefusedException.class))
                .isEmpty();
    }

    @Test
    void setWhenTheWriteIsRefusedThenThatIsTheFailure() {
        set = Mono.error(new RedisCommandExecutionException("NOREPLICAS Not enough good replicas to write."));

        assertThat(failure()).isInstanceOf(RedisCommandExecutionException.class);
    }
}
