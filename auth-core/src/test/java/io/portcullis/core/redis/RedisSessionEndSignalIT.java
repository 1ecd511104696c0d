package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisCluster;
import io.portcullis.testbed.RedisSentinel;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.TcpProxy;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** Tests that another node receives a published end, and receives again after its connection or its server was lost. */
@Tag("database-independent")
@Timeout(180)
class RedisSessionEndSignalIT {
    private static final Duration RETRY = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static EndedSession ended() {
        return new EndedSession(
                UUID.randomUUID().toString(), EndReason.KICKED, Instant.ofEpochMilli(1_700_000_000_123L));
    }

    /** Publishes new ends until one arrives, because a signal that is sent before the subscription is lost. */
    private static void awaitReceived(RedisSessionEndSignal sender, Queue<EndedSession> received) {
        received.clear();
        Await.until("an end is received", LIMIT, () -> {
            sender.publish(ended()).onErrorComplete().block(Duration.ofSeconds(20));
            return !received.isEmpty();
        });
    }

    /** Returns whether the receiver knows afterwards that it may have missed an end. */
    private static boolean check(RedisFixture sender, RedisFixture receiver, Runnable failure) {
        var publishing = new RedisSessionEndSignal(sender.connections());
        var listening = new RedisSessionEndSignal(receiver.connections());
        Queue<EndedSession> received = new ConcurrentLinkedQueue<>();
        listening.subscribe(received::add);
        awaitReceived(publishing, received);
        assertThat(received)
                .allMatch(each -> each.reason() == EndReason.KICKED && each.at().toEpochMilli() == 1_700_000_000_123L);

        long beforeFailure = awaitAlive(listening);
        failure.run();

        awaitReceived(publishing, received);
        long after = awaitAlive(listening);
        return listening.completeUntil(beforeFailure) - after < 0;
    }

    /**
     * Waits until a PING that was sent later than a moment is answered, and returns the moment. The subscription may be re-established
     * more than once after a failure; a moment in a gap between two subscriptions never counts, so another one is taken.
     */
    private static long awaitAlive(RedisSessionEndSignal signal) {
        var moment = new AtomicLong(System.nanoTime());
        Await.until("a PING is answered", LIMIT, () -> {
            long since = moment.get();
            boolean alive = signal.completeUntil(since) != since;
            if (!alive && System.nanoTime() - since > RETRY.toNanos()) {
                moment.set(System.nanoTime());
            }
            return alive;
        });
        return moment.get();
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
            assertThat(check(sender, receiver, proxy::cut)).isTrue();
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
            long before = System.nanoTime();
            Mono.delay(Duration.ofSeconds(5)).block();
            assertThat(signal.completeUntil(before))
                    .as("no PING is answered any more")
                    .isLessThan(before + Duration.ofSeconds(3).toNanos());
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
            assertThat(check(sender, receiver, () -> Signals.kill(group.masterPid())))
                    .isTrue();
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
                    assertThat(check(sender, receiver, () -> {})).isFalse();
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

    @Test
    void readWhenLongerThanAnyEndThenIgnored() {
        String end = " KICKED 1";
        String longest = "a".repeat(256 - end.length());

        assertThat(RedisSessionEndSignal.read(longest + end))
                .isEqualTo(new EndedSession(longest, EndReason.KICKED, Instant.ofEpochMilli(1)));
        assertThat(RedisSessionEndSignal.read(longest + "a" + end)).isNull();
    }

    @Test
    void readWhenOthersPublishGarbageThenItIsIgnoredAndTheNextEndReceived() throws IOException {
        try (RedisServer server = RedisServer.start();
                RedisFixture node = standalone(server.port())) {
            var signal = new RedisSessionEndSignal(node.connections());
            Queue<EndedSession> received = new ConcurrentLinkedQueue<>();
            signal.subscribe(received::add);
            awaitReceived(signal, received);

            for (String garbage :
                    List.of("", " ", "\0\r\n", "a KICKED -1", "a KICKED 9999999999999999", "x".repeat(10_000_000))) {
                publish(server, garbage);
            }

            // A PING that is sent after the messages is answered after they were received.
            long unused = awaitAlive(signal);
            assertThat(received).allMatch(each -> each.at().equals(ended().at()) && each.reason() == EndReason.KICKED);
            awaitReceived(signal, received);
        }
    }

    /** Publishes on a connection without time limits. */
    private static void publish(RedisServer server, String message) throws IOException {
        try (Socket socket = new Socket(server.host(), server.port())) {
            String channel = RedisSessionEndSignal.CHANNEL;
            String command = "*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n"
                    .formatted(channel.length(), channel, message.length(), message);
            socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(':');
        }
    }
}
