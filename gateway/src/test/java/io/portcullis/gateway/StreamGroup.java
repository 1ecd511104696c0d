package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.portcullis.testbed.Await;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Streams of one user that are open at the same time and end in the same way. WebSockets, event streams and bodies without a length
 * take turns, the latter two on both paths.
 */
final class StreamGroup {
    static final String PASSWORD = "some-demo-pass";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Long enough to open all streams before, with more time for a larger group. */
    private static final int SECONDS_TO_EXPIRY = 8;

    private static final int STREAMS_FOR_EACH_SECOND_MORE = 10;
    private static final List<String> KINDS =
            List.of("/fast/ws", "/fast/events", "/chain/events", "/fast/chunked", "/chain/chunked");

    /**
     * Where the streams of all groups are opened.
     *
     * @param loop the event loop of the clients
     */
    record Place(GatewayNode node, EndlessService service, EventLoopGroup loop) {}

    private final Place place;
    private final StreamFall fall;
    private final String name;
    private final List<JsonNode> sessions = new ArrayList<>();
    private final List<LightStreamClient> clients = new ArrayList<>();

    private StreamGroup(Place place, StreamFall fall) {
        this.place = place;
        this.fall = fall;
        this.name = fall + "-" + UUID.randomUUID();
    }

    /** Logs the user in, opens the streams, and returns when each has delivered its first bytes. */
    static StreamGroup open(Place place, StreamFall fall, String user, int streams) throws Exception {
        StreamGroup group = new StreamGroup(place, fall);
        for (int i = 0; i < fall.sessions(); i++) {
            group.sessions.add(place.node().login(user, PASSWORD));
        }
        if (fall == StreamFall.EXPIRY) {
            group.shorten(SECONDS_TO_EXPIRY + streams / STREAMS_FOR_EACH_SECOND_MORE);
        }
        group.open(streams);
        return group;
    }

    private void open(int streams) throws Exception {
        place.service().expect(name, streams);
        String pace = fall.stalls() ? "flood" : "slow";
        for (int i = 0; i < streams; i++) {
            String path = "%s/%s/%s".formatted(KINDS.get(i % KINDS.size()), name, pace);
            clients.add(LightStreamClient.open(
                    place.loop(), place.node(), path, token(sessions.get(i % sessions.size())), fall.stalls()));
        }
        for (LightStreamClient client : clients) {
            client.awaitDelivery();
        }
    }

    private static String token(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    /** Lets the session expire so many seconds after its login. The node reads the expiry when the session has its first stream. */
    private void shorten(int seconds) throws SQLException {
        try (var database = GatewayNode.openDatabase();
                var update = database.prepareStatement(
                        "UPDATE auth_session SET expires_at = TIMESTAMPADD(SECOND, ?, created_at) WHERE id = ?")) {
            update.setInt(1, seconds);
            update.setString(2, sessions.get(0).get("sessionId").asString());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    StreamFall fall() {
        return fall;
    }

    int size() {
        return clients.size();
    }

    /** Starts to end the streams, unless they end by themselves. */
    void end(String admin) throws Exception {
        switch (fall) {
            case CLOSE_BY_CLIENT -> clients.forEach(LightStreamClient::leave);
            case RESET_BY_CLIENT -> clients.forEach(LightStreamClient::reset);
            case CLOSE_BY_SERVICE -> place.service().end(name);
            case LOGOUT, LOGOUT_OF_STALLED -> call("POST", "/system/auth/logout", token(sessions.get(0)));
            case KICK ->
                call("DELETE", "/system/user/" + sessions.get(0).get("userId").asString() + "/sessions", admin);
            case EXPIRY, STALL -> {}
        }
    }

    /** Calls until the answer is 200: on a busy machine a store may be too slow, which is answered 503. */
    private void call(String method, String path, String token) {
        Await.until("the answer is 200", LIMIT, () -> status(method, path, token) == 200);
    }

    private int status(String method, String path, String token) throws Exception {
        return place.node().call(method, path, token, null).statusCode();
    }

    /** Waits until the streams have ended at the service, and at the clients that would notice it. */
    void awaitEnd() throws Exception {
        place.service().awaitEnd(name, LIMIT);
        for (LightStreamClient client : clients) {
            if (fall.stalls() || fall == StreamFall.CLOSE_BY_SERVICE) {
                // The connection of a body that the service has ended stays open for the next request.
                client.close();
            }
            client.awaitEnd();
        }
    }
}
