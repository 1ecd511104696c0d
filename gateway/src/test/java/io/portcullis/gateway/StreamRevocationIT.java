package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.gateway.stream.StreamCounts;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests that the streams of a session fall with it, on both paths and on the other node. */
@Tag("database-independent")
class StreamRevocationIT {
    @AutoClose
    private static final StreamNodes nodes = new StreamNodes();

    /** A kind of stream, the path of its requests, and whether its session ends on the same node. */
    record Case(String path, boolean fast, boolean sameNode) {
        GatewayNode node() {
            return fast ? nodes.fastPath() : nodes.filterChain();
        }

        GatewayNode endingNode() {
            return fast == sameNode ? nodes.fastPath() : nodes.filterChain();
        }
    }

    static Stream<Case> cases() {
        return Stream.of("/s/ws-quiet", "/s/events", "/s/chunked", "/s/close")
                .flatMap(path -> Stream.of(true, false)
                        .flatMap(fast -> Stream.of(true, false).map(same -> new Case(path, fast, same))));
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    private static void logOut(GatewayNode node, String token) throws Exception {
        assertThat(node.call("POST", "/system/auth/logout", token, null).statusCode())
                .isEqualTo(200);
    }

    private static boolean hasStream(GatewayNode node, String session) {
        return StreamCounts.hasStream(node.bean(OpenStreams.class), session);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logoutWhenAStreamIsOpenThenItEndsOnBothSides(Case it) throws Exception {
        String token = access(nodes.login(it.node()));
        String path = it.path() + "?n=" + UUID.randomUUID();
        try (StreamClient stream = StreamClient.open(it.node(), path, token)) {
            logOut(it.endingNode(), token);

            stream.awaitEnd();
            if (it.path().equals("/s/ws-quiet")) {
                assertThat(stream.closeFrame()).isEqualTo("1008 1002000020");
                assertThat(nodes.service().awaitEnd(path)).isEqualTo("1008 1002000020");
            } else {
                assertThat(stream.body()).as("a complete body").doesNotEndWith("0\r\n\r\n");
                assertThat(nodes.service().awaitEnd(path)).isEqualTo("end");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/s/ws", "/s/events", "/s/chunked", "/s/close"})
    void logoutWhenAnsweredThenTheStreamsOfItsNodeHaveEnded(String path) throws Exception {
        for (GatewayNode node : List.of(nodes.fastPath(), nodes.filterChain())) {
            JsonNode pair = nodes.login(node);
            String session = pair.get("sessionId").asString();
            try (StreamClient stream = StreamClient.open(node, path, access(pair))) {
                Await.until("the stream is registered", () -> hasStream(node, session));

                logOut(node, access(pair));

                // The close frame, or the end of the connection, has been written. The kernel may deliver it after the
                // response,
                // which takes another connection.
                assertThat(hasStream(node, session)).isFalse();
                Await.until(
                        () -> "the end of %s, after: %s".formatted(path, stream.body()),
                        Duration.ofSeconds(30),
                        () -> stream.hasEnded() || stream.closeFrame().startsWith("1008"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/s/ws", "/s/events", "/s/chunked", "/s/close"})
    void logoutWhenOtherSessionsHaveStreamsThenTheyGoOn(String path) throws Exception {
        for (GatewayNode node : List.of(nodes.fastPath(), nodes.filterChain())) {
            JsonNode other = nodes.login(node);
            String token = access(nodes.login(node));
            try (StreamClient kept = StreamClient.open(node, path, access(other));
                    StreamClient cut = StreamClient.open(node, path, token)) {
                GatewayNode.data(node.refresh(other.get("refreshToken").asString()));
                logOut(node, token);
                cut.awaitEnd();

                kept.awaitMore();
                assertThat(kept.hasEnded()).isFalse();
            }
        }
    }
}
