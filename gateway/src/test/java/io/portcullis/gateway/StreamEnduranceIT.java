package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.ResourceLeakDetector;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.gateway.stream.OpenCalls;
import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.gateway.stream.StreamCounts;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * Many streams open and fall in every way, again and again, under BlockHound and with a leak detection that tracks each buffer; then the
 * node holds what it held before. The system property {@code endurance.streams} sets how many streams are open at a
 * time, {@code endurance.minutes} for how long.
 */
@Tag("database-independent")
class StreamEnduranceIT {
    private static final int STREAMS = Integer.getInteger("endurance.streams", 320);
    private static final int MINUTES = Integer.getInteger("endurance.minutes", 0);
    private static final Duration SHORT = Duration.ofSeconds(15);
    private static final StreamFall[] FALLS = StreamFall.values();
    /** The number of groups that are open at a time, two for each way to fall. */
    private static final int GROUPS = 2 * FALLS.length;

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What a stream that has ended may leave behind. An entry of a map that stays takes more. */
    private static final int MAX_HEAP_PER_STREAM = 50;
    /**
     * What pools, caches and the classes of the JVM may add, whatever the number of streams: those of the other tests' nodes in the same JVM,
     * too. Connections within {@link #DESCRIPTOR_ALLOWANCE} alone took 4.6 MB once.
     */
    private static final long HEAP_ALLOWANCE = 8_000_000;

    private static final long DIRECT_ALLOWANCE = 32_000_000;
    /** For the pools of connections to MySQL and to the service. */
    private static final int DESCRIPTOR_ALLOWANCE = 48;

    private static final int THREAD_ALLOWANCE = 8;
    /** For the causes of garbage collections, and for statuses that are answered on a busy machine only. */
    private static final int METER_ALLOWANCE = 8;

    private static final String user = "user-" + UUID.randomUUID() + "-";
    private static final ResourceLeakDetector.Level detection = ResourceLeakDetector.getLevel();
    private static final EndlessService service = EndlessService.start();
    private static final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final GatewayNode node = GatewayNode.start(new Routes()
            .add("/fast/**", service.uri(), "metadata.websocket=true")
            .add("/chain/**", service.uri(), "filters[0]=SecureHeaders")
            .arguments(
                    "--portcullis.http.write-timeout=4s",
                    "--portcullis.stream.max-per-session=" + STREAMS,
                    "--portcullis.stream.max-calls-per-session=" + STREAMS,
                    "--portcullis.stream.max-per-service=" + 2 * STREAMS,
                    "--portcullis.redis.command-timeout=1s",
                    "--portcullis.redis.write-timeout=5s",
                    "--spring.cloud.gateway.server.webflux.httpclient.pool.max-connections=" + 8 * STREAMS,
                    "--spring.cloud.gateway.server.webflux.httpclient.pool.max-idle-time=2s"));
    private static final StreamGroup.Place place = new StreamGroup.Place(node, service, loop);

    private final Map<StreamFall, Integer> fallen = new EnumMap<>(StreamFall.class);
    private String admin = "";

    @BeforeAll
    static void createUsers() throws SQLException {
        for (int slot = 0; slot < GROUPS; slot++) {
            node.createAccount(user + slot, StreamGroup.PASSWORD, "user");
        }
        makeLoginsCheap();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    /** Otherwise most of the time would go into the hashes of passwords. */
    private static void makeLoginsCheap() throws SQLException {
        try (var database = GatewayNode.openDatabase();
                var update = database.prepareStatement("UPDATE account SET password_hash = ? WHERE username LIKE ?")) {
            update.setString(1, "{bcrypt}" + new BCryptPasswordEncoder(4).encode(StreamGroup.PASSWORD));
            update.setString(2, user + "%");
            assertThat(update.executeUpdate()).isEqualTo(GROUPS);
        }
    }

    @AfterAll
    static void close() {
        ResourceLeakDetector.setLevel(detection);
        node.close();
        service.close();
        loop.shutdownGracefully().syncUninterruptibly();
    }

    @Test
    void streamsWhenTheyOpenAndFallThenTheNodeHoldsWhatItHeldBefore() throws Exception {
        admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
        try (BlockingCallRecorder blocking = BlockingCallRecorder.start()) {
            requireBlockHound();
            assertThat(blocking.calls()).as("the blocking call of this test").hasSize(1);
        }
        run(Duration.ZERO);
        Footprint before = settled(Long.MAX_VALUE);
        reportLeaks();
        fallen.clear();

        try (LogCapture leaks = LogCapture.of(ResourceLeakDetector.class, Level.ERROR);
                BlockingCallRecorder blocking = BlockingCallRecorder.start()) {
            run(MINUTES > 0 ? Duration.ofMinutes(MINUTES) : SHORT);
            Footprint after = settled(before.descriptors() + DESCRIPTOR_ALLOWANCE);
            reportLeaks();

            int streams = fallen.values().stream().mapToInt(Integer::intValue).sum();
            System.out.printf(
                    "ENDURANCE %d streams, %d at a time: %s%nENDURANCE before: %s%nENDURANCE after:  %s%n",
                    streams, STREAMS, fallen, before, after);
            assertThat(fallen.keySet()).containsExactly(FALLS);
            // Only their number: each has the whole history of the buffer, and is in the log anyway.
            assertThat(leaks.lines().size()).as("lost buffers").isZero();
            assertThat(blocking.calls()).as("blocking calls on event loops").isEmpty();
            assertThat(after.meters()).as("meters").isLessThanOrEqualTo(before.meters() + METER_ALLOWANCE);
            assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + THREAD_ALLOWANCE);
            assertThat(after.direct()).as("direct memory").isLessThan(before.direct() + DIRECT_ALLOWANCE);
            assertThat(after.heap())
                    .as("heap")
                    .isLessThan(before.heap() + HEAP_ALLOWANCE + (long) streams * MAX_HEAP_PER_STREAM);
        }
    }

    private static void requireBlockHound() {
        Mono<String> blocking = Mono.fromCallable(() -> {
                    Thread.sleep(1);
                    return "slept";
                })
                .subscribeOn(Schedulers.parallel());

        StepVerifier.create(blocking).expectError(BlockingOperationError.class).verify(LIMIT);
    }

    /** Opens group after group. As soon as all are open, the oldest falls while the next one opens; at the end all fall. */
    private void run(Duration duration) throws Exception {
        long start = System.nanoTime();
        Deque<StreamGroup> open = new ArrayDeque<>();
        for (int i = 0; i < GROUPS || System.nanoTime() - start < duration.toNanos(); i++) {
            StreamGroup oldest = open.size() < GROUPS ? null : open.removeFirst();
            if (oldest != null) {
                oldest.end(admin);
            }
            StreamFall fall = FALLS[i % FALLS.length];
            open.add(StreamGroup.open(place, fall, user + i % GROUPS, fall.share(STREAMS / 2)));
            if (oldest != null) {
                awaitEnd(oldest);
            }
        }
        for (StreamGroup each : open) {
            each.end(admin);
        }
        for (StreamGroup each : open) {
            awaitEnd(each);
        }
    }

    private void awaitEnd(StreamGroup group) throws Exception {
        group.awaitEnd();
        fallen.merge(group.fall(), group.size(), Integer::sum);
    }

    /** Waits until the node has no open stream, and the JVM no more than so many file descriptors. */
    private static Footprint settled(long descriptors) {
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(service.open()).as("streams at the service").isZero();
            assertThat(node.bean(MeterRegistry.class)
                            .get("portcullis.streams.open")
                            .gauge()
                            .value())
                    .as("portcullis.streams.open")
                    .isZero();
            assertThat(StreamCounts.areZero(node.bean(OpenStreams.class), node.bean(OpenCalls.class)))
                    .as("nothing is counted for a caller or a service")
                    .isTrue();
            assertThat(Footprint.openDescriptors()).as("file descriptors").isLessThanOrEqualTo(descriptors);
        });
        return Footprint.of(node);
    }

    /** Lets Netty report the buffers that were lost so far: it does so when the next ones are allocated. */
    private static void reportLeaks() {
        for (int i = 0; i < 100; i++) {
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
    }
}
