package io.portcullis.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.ConnectionObserver;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

@Timeout(180)
class RetryingConnectionProviderTests {
    private static final int CONNECTIONS = 2;

    /** A prime number, so that the loops of two connections differ, however often reactor-netty takes a loop for each of them. */
    private static final int WORKERS = 5;

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final LoopResources loops = LoopResources.create("upstream-test", 1, WORKERS, true);
    /**
     * The connections that the pool has chosen for a request, before it hands them over to their event loops. Event loops add to the
     * queue, so it must not block: BlockHound's error would keep the pool from taking back a connection.
     */
    private final Queue<Channel> chosen = new ConcurrentLinkedQueue<>();

    private final ConnectionProvider pool = UpstreamCodec.retrying(ConnectionProvider.builder("upstream-test")
            .maxConnections(CONNECTIONS)
            .evictionPredicate((connection, metadata) -> {
                chosen.add(connection.channel());
                return !connection.channel().isActive();
            })
            .build());
    private final Set<Channel> idle = ConcurrentHashMap.newKeySet();
    private final Queue<String> states = new ConcurrentLinkedQueue<>();
    private volatile Meeting meeting = new Meeting();
    private final Map<Channel, CountDownLatch> holds = new HashMap<>();

    /**
     * Answers the first requests only when all of them have arrived, so that each has a connection of its own. They must have arrived
     * whole: a connection whose response precedes the end of its request does not return to the pool.
     */
    private final DisposableServer service = HttpServer.create()
            .host("127.0.0.1")
            .handle((request, response) -> request.receive()
                    .then(Mono.defer(() -> meeting.arrive()))
                    .then(response.sendString(Mono.just("ok")).then()))
            .bindNow();

    private final HttpClient client = UpstreamCodec.on(HttpClient.create(pool)
            .runOn(loops)
            .baseUrl("http://127.0.0.1:" + service.port())
            .observe((connection, state) -> {
                states.add(connection.channel().id() + " " + state);
                if (state == ConnectionObserver.State.RELEASED) {
                    idle.add(connection.channel());
                }
            }));

    /** Completes when as many requests have arrived as there are connections. */
    private static final class Meeting {
        private final AtomicInteger arrived = new AtomicInteger();
        private final Sinks.Empty<Void> complete = Sinks.empty();

        Mono<Void> arrive() {
            if (arrived.incrementAndGet() == CONNECTIONS) {
                complete.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
            }
            return complete.asMono();
        }
    }

    @AfterEach
    void close() {
        holds.values().forEach(CountDownLatch::countDown);
        pool.disposeLater().block(LIMIT);
        service.disposeNow(LIMIT);
        loops.disposeLater(Duration.ZERO, LIMIT).block(LIMIT);
    }

    private Mono<String> call(HttpMethod method) {
        return client.request(method)
                .uri("/")
                .send((request, out) -> out.sendString(Flux.just("body")))
                .responseContent()
                .aggregate()
                .asString();
    }

    /** Calls until each connection of the pool is idle. A connection that has not ended its exchange cleanly is closed instead. */
    private void fillPool() {
        Await.until(() -> "all connections are idle, seen: " + states, LIMIT.multipliedBy(2), () -> {
            meeting = new Meeting();
            idle.clear();
            Flux.range(0, CONNECTIONS)
                    .flatMap(i -> call(HttpMethod.GET))
                    .timeout(LIMIT, Flux.error(() -> new AssertionError("a request is not answered, seen: " + states)))
                    .blockLast(LIMIT.multipliedBy(2));
            // A connection is released right after its response.
            for (int i = 0; i < 100 && idle.size() < CONNECTIONS; i++) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            return idle.size() == CONNECTIONS;
        });
    }

    /**
     * Closes both idle connections of the pool while the pool hands them over to their event loops. The pool chooses another
     * connection only once.
     */
    @Test
    void acquireWhenConnectionsCloseDuringTheirHandOverThenTheRequestIsSentOnANewOne() throws Exception {
        fillPool();
        assertThat(idle).extracting(Channel::eventLoop).doesNotHaveDuplicates().hasSize(CONNECTIONS);
        for (Channel connection : idle) {
            CountDownLatch hold = new CountDownLatch(1);
            holds.put(connection, hold);
            closeLater(connection, hold);
        }
        chosen.clear();

        CompletableFuture<String> answer = call(HttpMethod.POST).toFuture();
        for (int i = 0; i < CONNECTIONS; i++) {
            Await.until("a connection is chosen", () -> !chosen.isEmpty());
            Objects.requireNonNull(holds.get(chosen.remove())).countDown();
        }

        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("ok");
    }

    /**
     * Keeps the event loop of the connection busy until the latch is released. The event loop then closes the connection before
     * it executes later tasks.
     */
    private static void closeLater(Channel connection, CountDownLatch hold) throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        connection.eventLoop().execute(() -> {
            busy.countDown();
            while (hold.getCount() > 0) {
                // BlockHound refuses every call by which the event loop would wait.
            }
        });
        busy.await();
        var unused = connection.close();
    }
}
