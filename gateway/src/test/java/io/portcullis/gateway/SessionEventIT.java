package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.WebhookServer.Received;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Session events as their receiver sees them. */
class SessionEventIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String PREVIOUS_SECRET = "fedcba9876543210fedcba9876543210";

    private static WebhookServer receiver;
    private static GatewayNode node;
    private static String admin;

    private final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        receiver = WebhookServer.start();
        node = GatewayNode.start(
                "--portcullis.events.webhook.url=" + receiver.url(),
                "--portcullis.events.webhook.secret=" + SECRET,
                "--portcullis.events.webhook.previous-secret=" + PREVIOUS_SECRET,
                "--portcullis.events.webhook.timeout=1s",
                "--portcullis.events.webhook.poll-interval=50ms",
                "--portcullis.events.webhook.max-backoff=1s",
                "--portcullis.events.webhook.max-refusals=2",
                "--portcullis.session.one-per-device-type=app");
        admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    @AfterAll
    static void stop() throws IOException {
        node.close();
        receiver.close();
    }

    @BeforeEach
    void addUser() {
        node.createAccount(user, PASSWORD, "user");
    }

    @AfterEach
    void heal() {
        receiver.answer(request -> 204);
        receiver.releaseHanging();
    }

    private static String session(JsonNode pair) {
        return pair.get("sessionId").asString();
    }

    private static void logOut(JsonNode pair) throws Exception {
        assertThat(node.call(
                                "POST",
                                "/system/auth/logout",
                                pair.get("accessToken").asString(),
                                null)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void sessionWhenOpenedAndLoggedOutThenTwoSignedEventsInOrder() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        logOut(pair);

        List<Received> events = receiver.await(session(pair), 2);

        assertThat(events).extracting(Received::type).containsExactly("session-opened", "session-ended");
        assertThat(events).extracting(Received::reason).containsExactly("login", "logout");
        assertThat(events).allMatch(event -> WebhookServer.verify(event, SECRET));
        assertThat(events).allMatch(event -> WebhookServer.verify(event, PREVIOUS_SECRET));
        assertThat(events).noneMatch(event -> WebhookServer.verify(event, SECRET + "x"));
        Received opened = events.get(0);
        assertThat(opened.id()).isEqualTo(opened.event().get("id").asString()).hasSize(36);
        assertThat(opened.event().get("userId").asString())
                .isEqualTo(pair.get("userId").asString());
        assertThat(opened.event().get("username").asString()).isEqualTo(user);
        assertThat(opened.event().get("ip").asString()).isEqualTo("127.0.0.1");
        assertThat(opened.event().get("at").asLong()).isPositive();
        assertThat(opened.body()).doesNotContain("pca_", "pcr_");
        assertThat(opened.event().propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "type",
                        "reason",
                        "sessionId",
                        "userId",
                        "username",
                        "userType",
                        "tenantId",
                        "device",
                        "ip",
                        "at");
    }

    @Test
    void sessionWhenKickedThenTheEventSaysSo() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);

        assertThat(node.call("DELETE", "/system/session/" + session(pair), admin, null)
                        .statusCode())
                .isEqualTo(200);

        assertThat(receiver.await(session(pair), 2))
                .extracting(Received::reason)
                .containsExactly("login", "kicked");
    }
}
