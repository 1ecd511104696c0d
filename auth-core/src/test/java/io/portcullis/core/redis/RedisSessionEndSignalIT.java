package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.testbed.RedisCluster;
import io.portcullis.testbed.RedisSentinel;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** Tests that another node receives a published end, and receives again after its connection or its server was lost. */
@Timeout(180)
class RedisSessionEndSignalIT {
    private static final long LIMIT_NANOS = Duration.ofSeconds(60).toNanos();

    private static EndedSession ended() {
        return new EndedSession(
                UUID.randomUUID().toString(), EndReason.KICKED, Instant.ofEpochMilli(1_700_000_000_123L));
    }

    /** Publishes new ends until one arrives, because a signal that is sent before the subscription is lost. */
    private static void awaitReceived(RedisSessionEndSignal sender, Queue<EndedSession> received) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        received.clear();
        while (received.isEmpty()) {
            assertThat(System.nanoTime()).as("an end is received").isLessThan(deadline);
            EndedSession next = ended();
            sender.publish(next).onErrorComplete().block(Duration.ofSeconds(20));
            Mono.delay(Duration.ofMillis(50)).block();
        }
    }

    private static void check(RedisFixture sender, RedisFixture receiver, Runnable failure) {
        var publishing = new RedisSessionEndSignal(sender.connections());
        var listening = new RedisSessionEndSignal(receiver.connections());
        Queue<EndedSession> received = new ConcurrentLinkedQueue<>();
        listening.subscribe(received::add);
        awaitReceived(publishing, received);
        assertThat(received)
                .allMatch(each -> each.reason() == EndReason.KICKED && each.at().toEpochMilli() == 1_700_000_000_123L);

        failure.run();

        long before = System.nanoTime();
        awaitReceived(publishing, received);
        awaitAliveSince(listening, before);
    }

    private static void awaitAliveSince(RedisSessionEndSignal signal, long time) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (signal.lastAlive() - time < 0) {
            assertThat(System.nanoTime()).as("a PING is answered").isLessThan(deadline);
            Mono.delay(Duration.ofMillis(50)).block();
        }
    }

    private static RedisFixture standalone(int port) {
        return RedisFixture.of(RedisSettings.standalone("127.0.0.1", port)).awaitUp();
    }

    @Test
    void publishWhenTheReceiversConnectionWasCutThenReceivesAgain() {
        try (RedisServer server = RedisServer.start();
                TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port());
                RedisFixture sender = standalone(server.port());
                RedisFixture receiver = standalone(proxy.port())) {
            check(sender, receiver, proxy::cut);
        }
    }

    @Test
    void publishWhenTheReceiversConnectionIsBlackHoledThenItIsReplaced() {
        try (RedisServer server = RedisServer.start();
                TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port());
                RedisFixture sender = standalone(server.port());
                RedisFixture receiver = standalone(proxy.port())) {
            var signal = new RedisSessionEndSignal(receiver.connections());
            Queue<EndedSession> received = new ConcurrentLinkedQueue<>();
            signal.subscribe(received::add);
            awaitReceived(new RedisSessionEndSignal(sender.connections()), received);

            proxy.blackHole();
            long silent = signal.lastAlive();
            Mono.delay(Duration.ofSeconds(5)).block();
            assertThat(signal.lastAlive() - silent)
                    .as("no PING is answered any more")
                    .isLessThan(Duration.ofSeconds(3).toNanos());
            proxy.heal();

            awaitReceived(new RedisSessionEndSignal(sender.connections()), received);
        }
    }

    @Test
    void publishWhenSentinelHasFailedOverThenReceivesAgain() {
        try (RedisSentinel group = RedisSentinel.start();
                RedisFixture sender =
                        RedisFixture.of(RedisFixture.sentinel(group)).awaitUp();
                RedisFixture receiver =
                        RedisFixture.of(RedisFixture.sentinel(group)).awaitUp()) {
            check(sender, receiver, () -> Signals.kill(group.masterPid()));
        }
    }

    @Test
    void publishWhenInAClusterThenEveryNodeReceives() {
        try (RedisCluster cluster = RedisCluster.start();
                RedisFixture sender =
                        RedisFixture.of(RedisFixture.cluster(cluster)).awaitUp()) {
            for (int i = 0; i < 3; i++) {
                try (RedisFixture receiver =
                        RedisFixture.of(RedisFixture.cluster(cluster)).awaitUp()) {
                    check(sender, receiver, () -> {});
                }
            }
        }
    }

    @Test
    void readWhenMalformedThenIgnored() {
        EndedSession end = ended();

        assertThat(RedisSessionEndSignal.read(RedisSessionEndSignal.write(end))).isEqualTo(end);
        assertThat(RedisSessionEndSignal.read("x")).isNull();
        assertThat(RedisSessionEndSignal.read("a KICKED x")).isNull();
        assertThat(RedisSessionEndSignal.read("a LATER_REASON 1 more"))
                .isEqualTo(new EndedSession("a", EndReason.LOGOUT, Instant.ofEpochMilli(1)));
    }
}
