package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.StatefulRedisConnection;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReconnectingConnectionTests {
    private final List<CompletableFuture<StatefulRedisConnection<String, String>>> attempts = new ArrayList<>();
    private final List<Object> closed = new ArrayList<>();
    private final ReconnectingConnection<StatefulRedisConnection<String, String>> link =
            new ReconnectingConnection<>(this::attempt, ImmediateEventExecutor.INSTANCE, true);

    private CompletableFuture<StatefulRedisConnection<String, String>> attempt() {
        attempts.add(new CompletableFuture<>());
        return attempts.get(attempts.size() - 1);
    }

    /** Creates a connection that implements only the methods that {@link ReconnectingConnection} calls. */
    @SuppressWarnings("unchecked")
    private StatefulRedisConnection<String, String> connection() {
        return (StatefulRedisConnection<String, String>) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {StatefulRedisConnection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isOpen" -> !closedHas(proxy);
                    case "closeAsync" -> {
                        closed.add(proxy);
                        yield CompletableFuture.completedFuture(null);
                    }
                    default -> null;
                });
    }

    private boolean closedHas(Object connection) {
        return closed.stream().anyMatch(each -> each == connection);
    }

    @Test
    void openGivenAnAttemptUnderWayWhenItEndsAfterTheNextThenTheNextStays() {
        var late = connection();
        var wanted = connection();
        link.open();
        link.open();

        attempts.get(1).complete(wanted);
        attempts.get(0).complete(late);

        assertThat(link.connection()).isSameAs(wanted);
        assertThat(closedHas(late)).isTrue();
    }

    @Test
    void openGivenAConnectionThenItIsClosed() {
        var first = connection();
        link.open();
        attempts.get(0).complete(first);
        assertThat(link.connection()).isSameAs(first);

        link.open();

        assertThat(link.connection()).isNull();
        assertThat(closedHas(first)).isTrue();
    }

    @Test
    void closeGivenAnAttemptUnderWayThenWhatItMakesIsClosed() {
        var late = connection();
        link.open();
        link.close();

        attempts.get(0).complete(late);

        assertThat(link.connection()).isNull();
        assertThat(closedHas(late)).isTrue();
    }
}
