package io.portcullis.core.r2dbc.pool;

import static io.portcullis.core.r2dbc.pool.ObservedPool.LIMIT;
import static io.portcullis.core.r2dbc.pool.ObservedPool.SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.portcullis.testbed.Signals;
import io.portcullis.testbed.TcpProxy;
import io.r2dbc.pool.ConnectionPool;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Verifies that a pool recovers within a few seconds from every kind of connection failure. */
@Timeout(180)
class PoolRecoveryIT {
    @AutoClose
    private static final ObservedPool pool = new ObservedPool();

    private final TcpProxy proxy = pool.proxy();

    @AfterEach
    void heal() {
        proxy.heal();
    }

    @Test
    void cancelWhenAtRandomPointsThenNothingIsLeftOpen() throws Exception {
        pool.assertWhole();
        Random random = new Random(42);
        Flux.range(0, 200)
                .flatMap(i -> cancelled(i, Duration.ofNanos(random.nextInt(6_000_000) + 1L)), 4)
                .then()
                .block(Duration.ofSeconds(60));

        pool.assertWhole();
    }

    private static Mono<Long> cancelled(int i, Duration patience) {
        Mono<Long> work = switch (i % 4) {
            case 0 -> pool.number("SELECT n FROM entry WHERE id = " + i % SIZE);
            case 1 -> pool.number("SELECT SLEEP(0.003)");
            case 2 -> pool.number("SELECT n FROM entry WHERE id = " + i % SIZE + " FOR UPDATE");
            default -> pool.increment(i % SIZE);
        };
        return work.timeout(patience, Mono.empty());
    }

    @Test
    void cutWhenInUseThenTheNextUsesWork() throws Exception {
        pool.assertWhole();
        for (int i = 0; i < 5; i++) {
            CompletableFuture<Void> use = CompletableFuture.runAsync(() -> pool.useDuring(Duration.ofMillis(200)));
            TimeUnit.MILLISECONDS.sleep(100);
            proxy.cut();
            use.get(30, TimeUnit.SECONDS);
        }

        pool.assertWhole();
    }

    @Test
    void cutWhenIdleThenTheFirstCallersDoNotNotice() throws Exception {
        pool.assertWhole();
        proxy.cut();

        pool.useAll().block(LIMIT);
        pool.assertWhole();
    }

    @Test
    void cutWhenTheDriverHasNotHeardOfItThenTheFirstCallersDoNotNotice() throws Exception {
        pool.assertWhole();
        // From now on, each packet on these connections is answered with a reset.
        proxy.blackHole();
        CompletableFuture<Void> cut = CompletableFuture.runAsync(
                () -> {
                    proxy.cut();
                    proxy.heal();
                },
                CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS));

        pool.useAll().block(LIMIT);
        cut.get(10, TimeUnit.SECONDS);
        pool.assertWhole();
    }

    @Test
    void blackHoleWhenHealedThenWhole() throws Exception {
        pool.assertWhole();
        proxy.blackHole();
        pool.useDuring(Duration.ofSeconds(3));
        proxy.heal();

        pool.assertWhole();
    }

    @Test
    void blackHoleWhenNeverHealedForOldConnectionsThenTheyAreReplaced() throws Exception {
        pool.assertWhole();
        proxy.blackHole();
        pool.useDuring(Duration.ofMillis(500));

        // No byte and no reset arrives, so only the response timeout closes these connections.
        pool.awaitIdle();
        proxy.cut();
        proxy.heal();
        pool.assertWhole();
    }

    @Test
    void blackHoleWhenOnlyRequestsThenWhole() throws Exception {
        pool.assertWhole();
        proxy.blackHoleRequests();
        pool.useDuring(Duration.ofSeconds(2));
        proxy.heal();

        pool.assertWhole();
    }

    @Test
    void blackHoleWhenOnlyAnswersThenWhole() throws Exception {
        pool.assertWhole();
        proxy.blackHoleResponses();
        pool.useDuring(Duration.ofSeconds(2));
        proxy.heal();

        pool.assertWhole();
    }

    @Test
    void serverWhenFrozenForAWhileThenWhole() throws Exception {
        pool.assertWhole();
        Signals.stop(pool.pid());
        try {
            pool.useDuring(Duration.ofSeconds(3));
        } finally {
            Signals.resume(pool.pid());
        }

        pool.assertWhole();
    }

    @Test
    void serverWhenKilledAndReplacedThenTheFirstCallersDoNotNotice() throws Exception {
        pool.assertWhole();
        pool.replaceServer();

        pool.useAll().block(LIMIT);
        pool.assertWhole();
    }

    @Test
    void serverWhenGoneForAWhileThenCallersFailInTimeAndItIsWholeAfterwards() throws Exception {
        pool.assertWhole();
        proxy.refuse();
        proxy.cut();
        pool.useDuring(Duration.ofSeconds(1));
        proxy.heal();

        pool.assertWhole();
    }

    /** Otherwise such connections would pile up at a server that accepts them and says nothing. */
    @Test
    void serverWhenSilentAfterTheConnectThenTheConnectionIsClosed() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String url = "r2dbc:mysql://127.0.0.1:" + silent.getLocalPort() + "/none?sslMode=disabled";
            ConnectionPool connections = MySqlConnectionPools.create(url, "nobody", "none", PoolSettings.defaults());
            assertThatException().isThrownBy(() -> connections.create().block(LIMIT));

            try (Socket accepted = silent.accept()) {
                accepted.setSoTimeout(30_000);
                assertThat(accepted.getInputStream().read()).isEqualTo(-1);
            } finally {
                connections.dispose();
            }
        }
    }
}
