package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.event.SessionEventDelivery;
import io.portcullis.gateway.WebhookServer.Received;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import tools.jackson.databind.JsonNode;

/** Session events as their receiver sees them. */
@Tag("database-independent")
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
                "--portcullis.refresh.grace=0s",
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

    private static JsonNode login(String user, String password, String device) throws Exception {
        String body = "{\"username\":\"%s\",\"password\":\"%s\",\"device\":\"%s\"}".formatted(user, password, device);
        return GatewayNode.data(node.call("POST", "/system/auth/login", null, body));
    }

    private static void asAdmin(String method, String path, @Nullable String body) throws Exception {
        assertThat(node.call(method, path, admin, body).statusCode()).isEqualTo(200);
    }

    private static void assertEnded(JsonNode pair, String reason) {
        assertThat(receiver.await(session(pair), 2))
                .extracting(Received::reason)
                .containsExactly("login", reason);
    }

    @Test
    void sessionWhenItEndsForAnyReasonThenOneEventTellsTheReason() throws Exception {
        JsonNode replaced = login(user, PASSWORD, "app");
        JsonNode reset = login(user, PASSWORD, "app");
        String account = "/system/account/" + replaced.get("userId").asString();
        asAdmin("PUT", account + "/password", "{\"newPassword\":\"another-demo-pass\"}");
        JsonNode reused = login(user, "another-demo-pass", "web");
        String spent = reused.get("refreshToken").asString();
        assertThat(node.refresh(spent).statusCode()).isEqualTo(200);
        assertThat(node.refresh(spent).statusCode()).isEqualTo(401);
        JsonNode kicked = login(user, "another-demo-pass", "web");
        asAdmin("DELETE", "/system/session/" + session(kicked), null);
        asAdmin("DELETE", "/system/session/" + session(kicked), null);
        JsonNode left = login(user, "another-demo-pass", "web");
        assertThat(node.call(
                                "POST",
                                "/system/auth/logout-all",
                                left.get("accessToken").asString(),
                                null)
                        .statusCode())
                .isEqualTo(200);
        JsonNode disabled = login(user, "another-demo-pass", "web");
        asAdmin("PUT", account + "/status", "{\"status\":\"disabled\"}");

        assertEnded(replaced, "replaced");
        assertEnded(reset, "password-changed");
        assertEnded(reused, "reuse");
        assertEnded(kicked, "kicked");
        assertEnded(left, "logout");
        assertEnded(disabled, "account-disabled");
        assertThat(receiver.await(session(kicked), 2)
                        .get(1)
                        .event()
                        .get("device")
                        .asString())
                .isEqualTo("web");
        Await.until("the outbox is empty", () -> waiting(disabled) == 0);
    }

    private static int waiting(JsonNode pair) throws Exception {
        return GatewayNode.count("SELECT COUNT(*) FROM session_event WHERE session_id = ?", session(pair));
    }

    /** The first attempt of each event meets the fault, so that the end is sent only after the second attempt of the opening. */
    @Test
    void eventWhenTheReceiverFailsThenItIsSentAgainInOrderWithTheSameId() throws Exception {
        Map<String, Integer> faults = Map.of(
                "error", 500, "redirect", 307, "close", WebhookServer.CLOSE, "late", WebhookServer.HANG, "busy", 429);
        Set<String> attempted = ConcurrentHashMap.newKeySet();
        receiver.answer(request -> attempted.add(request.id()) ? faults.getOrDefault(request.device(), 204) : 204);
        List<JsonNode> pairs = new ArrayList<>();
        for (String fault : faults.keySet()) {
            JsonNode pair = login(user, PASSWORD, fault);
            logOut(pair);
            pairs.add(pair);
        }

        for (JsonNode pair : pairs) {
            List<Received> accepted = receiver.await(session(pair), 2);
            assertThat(accepted).extracting(Received::type).containsExactly("session-opened", "session-ended");
            List<Received> requests = receiver.requests(session(pair));
            assertThat(requests).hasSize(4);
            assertThat(requests).extracting(Received::type).isSortedAccordingTo(Comparator.reverseOrder());
            assertThat(requests.get(1).id()).isEqualTo(requests.get(0).id());
            assertThat(requests.get(1).body()).isEqualTo(requests.get(0).body());
            assertThat(requests).allMatch(request -> WebhookServer.verify(request, SECRET));
        }
        assertThat(receiver.others()).isEmpty();
    }

    @Test
    void eventWhenItIsRefusedAgainAndAgainThenAnAdministratorSeesItAndHasItSentOnceMore() throws Exception {
        receiver.answer(
                request -> request.device().equals("odd") && request.type().equals("session-opened") ? 422 : 204);
        JsonNode pair = login(user, PASSWORD, "odd");
        logOut(pair);

        assertThat(receiver.await(session(pair), 1)).extracting(Received::type).containsExactly("session-ended");
        JsonNode dead = page("state=dead&sessionId=" + session(pair));
        assertThat(dead.get("total").asInt()).isEqualTo(1);
        JsonNode event = dead.get("list").get(0);
        assertThat(event.get("type").asString()).isEqualTo("session-opened");
        assertThat(event.get("state").asString()).isEqualTo("dead");
        assertThat(event.get("attempts").asInt()).isEqualTo(2);
        assertThat(event.get("lastFailure").asString()).isEqualTo("HTTP 422");
        receiver.answer(request -> 204);
        String path = "/system/event/" + event.get("id").asString() + "/redeliver";
        asAdmin("POST", path, null);

        assertThat(receiver.await(session(pair), 2).get(1).id())
                .isEqualTo(event.get("id").asString());
        Await.until("the event is gone", () -> waiting(pair) == 0);
        assertThat(node.call("POST", path, admin, null).statusCode()).isEqualTo(404);
        assertThat(page("sessionId=" + session(pair)).get("total").asInt()).isZero();
    }

    private static JsonNode page(String query) throws Exception {
        return GatewayNode.data(node.call("GET", "/system/event/page?" + query, admin, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"state=lost", "sessionId=%C3%A9", "pageSize=0", "userId=u", "state=dead&state=dead"})
    void pageWhenAParameterIsWrongThenRefused(String query) throws Exception {
        assertThat(node.call("GET", "/system/event/page?" + query, admin, null).statusCode())
                .isEqualTo(400);
    }

    @Test
    void nodeWhenItDeliversThenItsMetricsAndHealthTell() throws Exception {
        receiver.await(session(node.login(user, PASSWORD)), 1);

        assertThat(node.health("/actuator/prometheus").body())
                .containsPattern("portcullis_events_delivered_total [1-9]")
                .contains("portcullis_events_failed_total", "portcullis_events_dead_total")
                .contains("portcullis_events_oldest_age_seconds");
        JsonNode health =
                GatewayNode.JSON.readTree(node.health("/actuator/health").body());
        assertThat(health.at("/components/sessionEvents/status").asString()).isEqualTo("UP");
    }

    @Test
    void sessionWhenNoReceiverIsConfiguredThenNoEventIsWritten() throws Exception {
        GatewayNode without = GatewayNode.shared();
        JsonNode pair = without.login(user, PASSWORD);
        assertThat(without.call(
                                "POST",
                                "/system/auth/logout",
                                pair.get("accessToken").asString(),
                                null)
                        .statusCode())
                .isEqualTo(200);

        assertThat(waiting(pair)).isZero();
        assertThat(receiver.requests(session(pair))).isEmpty();
        assertThatThrownBy(() -> without.bean(SessionEventDelivery.class))
                .isInstanceOf(NoSuchBeanDefinitionException.class);
    }
}
