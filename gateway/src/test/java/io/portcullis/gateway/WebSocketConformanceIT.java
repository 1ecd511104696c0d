package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.gateway.WebSocketFrames.LastFrame;
import io.portcullis.gateway.WebSocketPair.End;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests with the frames of a conformance suite (RFC 6455) that each end of a WebSocket receives exactly the bytes that the other one has
 * sent, however TCP cuts them, and the end of the connection behind them. When the session ends, a close frame of the gateway may follow at
 * the border of a frame, and nothing else.
 */
@Tag("database-independent")
class WebSocketConformanceIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final int AT_ONCE = 8;
    /** The number of sessions that end, each with {@link #AT_ONCE} WebSockets. */
    private static final int KICKS = Integer.getInteger("portcullis.test.kicks", 8);

    private static final ExecutorService executor = Executors.newCachedThreadPool();
    private static final ScriptedService service = ScriptedService.start(WebSocketPair::accept);
    private static final GatewayNode node = GatewayNode.start(new Routes()
            .add("/w/**", service.uri(), "metadata.websocket=true")
            .arguments("--portcullis.access-log.enabled=true"));

    private static final String user = "user-" + UUID.randomUUID();
    private static String token = "";

    @BeforeAll
    static void logIn() throws Exception {
        node.createAccount(user, PASSWORD, "user");
        token = newToken();
    }

    @AfterAll
    static void close() throws IOException {
        node.close();
        service.close();
        executor.shutdownNow();
    }

    private static String newToken() throws Exception {
        return node.login(user, PASSWORD).get("accessToken").asString();
    }

    private static WebSocketPair open(String extensions) throws Exception {
        return WebSocketPair.open(node, "/w/", token, extensions);
    }

    private static byte[] framesOf(WebSocketCases.Case each, boolean masked, long seed) {
        var frames = new WebSocketFrames(new Random(seed), masked);
        each.frames().accept(frames);
        return frames.toBytes();
    }

    @Test
    void framesWhenSmallThenEachEndReceivesThemUnchanged() throws Exception {
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            int worker = i;
            workers.add(CompletableFuture.runAsync(() -> exchangeShare(worker), executor));
        }
        for (CompletableFuture<Void> worker : workers) {
            worker.join();
        }
    }

    private static void exchangeShare(int worker) {
        List<WebSocketCases.Case> cases = WebSocketCases.small(new Random(worker));
        for (int i = worker; i < cases.size(); i += AT_ONCE) {
            exchange(cases.get(i), "permessage-deflate; client_max_window_bits=" + (9 + i % 7), 1 + i % 40);
        }
    }

    @Test
    void framesWhenLargeOrManyThenEachEndReceivesThemUnchanged() {
        for (WebSocketCases.Case each : WebSocketCases.large(new Random(1))) {
            exchange(each, "x-large", 65_536);
        }
    }

    /** An end may send legal and illegal frames, with or without a mask: neither direction has its own rules in the relay. */
    private static void exchange(WebSocketCases.Case each, String extensions, int longestPiece) {
        byte[] fromClient = framesOf(each, true, 1);
        byte[] fromService = framesOf(each, false, 2);
        int piece = Math.max(longestPiece, fromClient.length / 1000);
        try (WebSocketPair pair = open(extensions)) {
            var sentUp = run(() -> pair.client().send(fromClient, piece, new Random(3)));
            var sentDown = run(() -> pair.service().send(fromService, piece, new Random(4)));
            var atService = CompletableFuture.supplyAsync(() -> pair.service().receive(fromClient.length), executor);

            assertThat(pair.client().receive(fromService.length))
                    .as(each.name())
                    .isEqualTo(fromService);
            assertThat(atService.join()).as(each.name()).isEqualTo(fromClient);
            sentUp.join();
            sentDown.join();
            pair.client().close();
            assertThat(pair.service().receiveAll()).as(each.name()).isEmpty();
        } catch (Exception e) {
            throw new IllegalStateException(each.name(), e);
        }
    }

    private static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, executor);
    }

    enum Side {
        CLIENT,
        SERVICE;

        End end(WebSocketPair pair) {
            return this == CLIENT ? pair.client() : pair.service();
        }

        End other(WebSocketPair pair) {
            return this == CLIENT ? pair.service() : pair.client();
        }
    }

    @ParameterizedTest
    @EnumSource
    void endWhenOneSideHasSentAndLeavesAtOnceThenTheOtherReceivesAllOfIt(Side side) throws Exception {
        byte[] sent = new byte[3_000_000];
        new Random(5).nextBytes(sent);
        for (int i = 0; i < 10; i++) {
            try (WebSocketPair pair = open("x")) {
                var sending = run(() -> {
                    side.end(pair).send(sent, 100_000, new Random(6));
                    side.end(pair).close();
                });

                assertThat(side.other(pair).receiveAll()).isEqualTo(sent);
                sending.join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void endWhenOneSideResetsThenTheOtherSeesTheEndAndNothingElse(Side side) throws Exception {
        byte[] sent = new WebSocketFrames(new Random(7), side == Side.CLIENT)
                .add(WebSocketFrames.TEXT, new byte[1000])
                .addPart(WebSocketFrames.TEXT, new byte[1000])
                .toBytes();
        for (int i = 0; i < 10; i++) {
            try (WebSocketPair pair = open("x")) {
                side.end(pair).send(sent, 300, new Random(8));
                assertThat(side.other(pair).receive(sent.length)).isEqualTo(sent);
                side.end(pair).reset();

                assertThat(side.other(pair).receiveAll()).isEmpty();
            }
        }
    }

    @Test
    void accessLogWhenAWebSocketEndsThenItHasTheBytesToTheClient() throws Exception {
        try (LogCapture log = LogCapture.of("portcullis.access", Level.INFO);
                WebSocketPair pair = WebSocketPair.open(node, "/w/logged-", token, "x")) {
            pair.service().send(new byte[1000], 300, new Random(13));
            pair.client().send(new byte[10], 10, new Random(14));
            assertThat(pair.client().receive(1000)).hasSize(1000);
            pair.client().close();
            // Connections of earlier tests may end as late as now.
            Await.until("the line", () -> log.lines().stream().anyMatch(line -> line.contains("/w/logged-")));

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("\"path\":\"/w/logged-"))
                    .singleElement()
                    .asString()
                    .contains("\"status\":101,\"bytes\":1000,");
        }
    }

    @Test
    void sessionEndWhenBothSidesSendThenACloseFrameFollowsAtABorderOrTheFrameStaysTorn() throws Exception {
        Random random = new Random(12);
        int closed = 0;
        for (int i = 0; i < KICKS; i++) {
            closed += kick(random);
        }
        assertThat(closed).isPositive();
    }

    /** Returns the number of close frames of the gateway. */
    private static int kick(Random random) throws Exception {
        String own = newToken();
        List<CompletableFuture<Integer>> ends = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            WebSocketPair pair = WebSocketPair.open(node, "/w/", own, "x");
            byte[] fromClient = randomFrames(true, random);
            byte[] fromService = randomFrames(false, random);
            int piece = 1 + random.nextInt(random.nextBoolean() ? 20 : 3000);
            long seed = random.nextLong();
            var up = run(() -> pair.client().trickle(fromClient, piece, new Random(seed)));
            var down = run(() -> pair.service().trickle(fromService, piece, new Random(seed)));
            var atService = receiveAll(pair.service(), fromClient, true);
            var atClient = receiveAll(pair.client(), fromService, false);
            ends.add(atService.thenCombine(atClient, Integer::sum).whenComplete((sum, failure) -> {
                pair.close();
                up.join();
                down.join();
            }));
        }
        Thread.sleep(random.nextInt(30));
        node.call("POST", "/system/auth/logout", own, null);
        int closed = 0;
        for (CompletableFuture<Integer> end : ends) {
            closed += end.join();
        }
        return closed;
    }

    private static byte[] randomFrames(boolean masked, Random random) {
        var frames = new WebSocketFrames(random, masked);
        for (int i = random.nextInt(60); i >= 0; i--) {
            byte[] payload = new byte[random.nextInt(random.nextInt(5) == 0 ? 70_000 : 300)];
            random.nextBytes(payload);
            frames.addFragments(WebSocketFrames.BINARY, payload, 1 + random.nextInt(1000))
                    .add(WebSocketFrames.PING, new byte[random.nextInt(126)]);
        }
        return frames.toBytes();
    }

    /** Emits 1 if a close frame of the gateway was the last frame, 0 if the connection ended in a frame of the peer. */
    private static CompletableFuture<Integer> receiveAll(End end, byte[] sent, boolean masked) {
        return CompletableFuture.supplyAsync(() -> closeFrames(end.receiveAll(), sent, masked), executor);
    }

    private static int closeFrames(byte[] received, byte[] sent, boolean masked) {
        LastFrame last = LastFrame.in(received);
        if (received.length <= sent.length && Arrays.mismatch(received, sent) == received.length) {
            assertThat(last.end()).as("the end of the last frame").isLessThan(received.length);
            return 0;
        }
        assertThat(Arrays.copyOf(received, last.start()))
                .as("the bytes before the close frame")
                .isEqualTo(Arrays.copyOf(sent, last.start()));
        assertThat(last.end()).as("the end of the close frame").isEqualTo(received.length);
        assertThat(received[last.start()]).isEqualTo((byte) 0x88);
        assertThat(received[last.start() + 1] < 0).as("masked").isEqualTo(masked);
        assertThat(new String(last.payload(received), ISO_8859_1)).matches("\u0003\u00f0\\d{10}");
        return 1;
    }
}
