package io.portcullis.gateway;

import static io.portcullis.gateway.KeyRingNodes.KEYS;
import static io.portcullis.gateway.KeyRingNodes.PASSWORD;
import static io.portcullis.gateway.KeyRingNodes.access;
import static io.portcullis.gateway.KeyRingNodes.keyOf;
import static io.portcullis.gateway.KeyRingNodes.newKey;
import static io.portcullis.gateway.KeyRingNodes.refresh;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.core.keyring.TokenKeyService;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.Testbed;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tests the rotation and the loss of keys that sign tokens, on two nodes with a database of their own (docs/adr/0044). */
@Tag("database-independent")
class TokenKeyIT {
    private static final int ROTATIONS = 10;
    private static final int CALLERS = 4;

    private static final KeyRingNodes nodes = new KeyRingNodes();
    private static final String user = "user-" + UUID.randomUUID();

    private static GatewayNode first;
    private static GatewayNode second;
    private static String admin;

    @BeforeAll
    static void startNodes() throws Exception {
        first = nodes.start();
        second = nodes.startOverProxy();
        first.createAccount(user, PASSWORD, "user");
        admin = access(first.login("admin", "admin-demo-pass"));
    }

    @AfterAll
    static void close() {
        first.close();
        second.close();
        nodes.close();
    }

    /** A caller that presents its newest tokens at both nodes in turn, and refreshes them. */
    private static final class Caller {
        private final GatewayNode[] both = {first, second};
        private final AtomicInteger calls;
        private final List<String> failures;
        private JsonNode pair;

        Caller(AtomicInteger calls, List<String> failures) throws Exception {
            this.calls = calls;
            this.failures = failures;
            this.pair = first.login(user, PASSWORD);
        }

        void run(AtomicBoolean done) throws Exception {
            for (int turn = 0; !done.get(); turn++) {
                GatewayNode node = both[turn % 2];
                check(node.call("GET", "/api/echo/a", access(pair), null));
                check(both[(turn + 1) % 2].get("/api/echo/a?ticket=" + node.ticket(access(pair))));
                HttpResponse<String> refreshed = node.refresh(refresh(pair));
                check(refreshed);
                if (refreshed.statusCode() == 200) {
                    pair = GatewayNode.data(refreshed);
                }
            }
        }

        private void check(HttpResponse<String> response) {
            calls.incrementAndGet();
            if (response.statusCode() != 200) {
                failures.add(response.statusCode() + " " + response.body());
            }
        }
    }

    @Test
    void rotateWhenUnderTrafficThenNoRequestFailsAndNobodyIsLoggedOut() throws Exception {
        var calls = new AtomicInteger();
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        var done = new AtomicBoolean();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        JsonNode idle = first.login(user, PASSWORD);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            var caller = new Caller(calls, failures);
            running.add(callers.submit(() -> {
                caller.run(done);
                return null;
            }));
        }

        String before = signer();
        for (int i = 0; i < ROTATIONS; i++) {
            JsonNode rotated = rotate(i % 2 == 0 ? first : second);
            assertThat(rotated.get("everywhere").asBoolean())
                    .as(rotated.toString())
                    .isTrue();
            assertThat(rotated.get("id").asString()).isNotEqualTo(before);
            before = rotated.get("id").asString();
            assertThat(state(rotated, before)).isEqualTo("signing");
        }
        done.set(true);
        for (Future<?> each : running) {
            each.get();
        }
        callers.shutdown();

        assertThat(failures).isEmpty();
        assertThat(calls.get()).isGreaterThan(100);
        assertThat(second.proxied(access(idle))).isEqualTo(200);
        assertThat(second.refresh(refresh(idle)).statusCode()).isEqualTo(200);
        assertThat(nodes.count("SELECT COUNT(*) FROM login_log WHERE type = 'TOKEN_KEY_ROTATED' AND actor IS NOT NULL"))
                .isGreaterThanOrEqualTo(ROTATIONS);
    }

    /** The second node is closed and started again: what is dropped stays dropped. */
    @Test
    void dropThenItsTokensAreRefusedOnEachNodeAndStaySo() throws Exception {
        String dropped = GatewayNode.data(call(first, "POST", KEYS)).get("id").asString();
        Await.until(
                "the second node signs with the new key",
                () -> keyOf(access(second.login(user, PASSWORD))).equals(dropped));
        JsonNode old = second.login(user, PASSWORD);
        String ticket = second.ticket(access(old));
        assertThat(call(first, "DELETE", KEYS + "/" + dropped).statusCode())
                .as("signs")
                .isEqualTo(409);
        rotate(first);
        admin = access(first.login("admin", "admin-demo-pass"));
        JsonNode survivor = second.login(user, PASSWORD);

        JsonNode answer = GatewayNode.data(call(first, "DELETE", KEYS + "/" + dropped));

        assertThat(answer.get("everywhere").asBoolean()).as(answer.toString()).isTrue();
        assertThat(state(answer, dropped)).isEqualTo("dropped");
        assertRefused(old, ticket, first, second);
        String session = old.get("sessionId").asString();
        Await.until(
                "the session ends",
                () -> nodes.count("SELECT COUNT(*) FROM auth_session WHERE end_reason = 'KICKED' AND id = '" + session
                                + "'")
                        == 1);
        ProxiedNode.command(Testbed.shared().redis(), "FLUSHALL");
        assertRefused(old, ticket, first, second);
        second.close();
        second = nodes.startOverProxy();
        assertRefused(old, ticket, first, second);
        for (GatewayNode node : List.of(first, second)) {
            assertThat(node.proxied(access(survivor))).isEqualTo(200);
        }
        assertThat(call(second, "DELETE", KEYS + "/" + dropped).statusCode())
                .as("again")
                .isEqualTo(200);
        assertThat(nodes.count(
                        "SELECT COUNT(*) FROM login_log WHERE type = 'TOKEN_KEY_DROPPED' AND detail = 'token key "
                                + dropped + "'"))
                .isEqualTo(1);
    }

    private static void assertRefused(JsonNode pair, String ticket, GatewayNode... nodes) throws Exception {
        for (GatewayNode node : nodes) {
            assertThat(node.proxied(access(pair))).isEqualTo(401);
            assertThat(node.get("/api/echo/a?ticket=" + ticket).statusCode()).isEqualTo(401);
            assertThat(node.refresh(refresh(pair)).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void dropWhenNobodyKnowsTheKeyThenNotFound() throws Exception {
        assertThat(call(first, "DELETE", KEYS + "/000000").statusCode()).isEqualTo(404);
        assertThat(call(first, "DELETE", KEYS + "/x").statusCode()).isEqualTo(404);
    }

    @Test
    void rotateWhenNothingEncryptsTheKeyThenRefused() throws Exception {
        GatewayNode shared = GatewayNode.shared();
        String token = access(shared.login("admin", "admin-demo-pass"));

        var response = shared.call("POST", KEYS, token, null);

        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.body()).contains("portcullis.token.encryption-keys");
    }

    /** A configured key signs on one node alone, and is taken away with that node. */
    @Test
    void startWhenTheKeyOfLiveSessionsIsMissingThenAWarningWithTheirNumber() throws Exception {
        JsonNode pair;
        try (GatewayNode third = nodes.start("--portcullis.token.keys=" + newKey())) {
            pair = third.login(user, PASSWORD);
            JsonNode again = third.login(user, PASSWORD);
            for (GatewayNode node : List.of(first, second, third)) {
                assertThat(node.proxied(access(pair))).isEqualTo(200);
                assertThat(node.get("/api/echo/a?ticket=" + third.ticket(access(again)))
                                .statusCode())
                        .isEqualTo(200);
            }
        }
        String missing = keyOf(access(pair));
        JsonNode report = GatewayNode.data(call(first, "GET", KEYS));
        assertThat(state(report, missing)).isEqualTo("missing");

        try (var log = LogCapture.of(TokenKeyService.class, Level.WARN)) {
            first.bean(TokenKeyService.class).warnOfMissingKeys().block();

            assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN 2 live sessions") && line.contains(missing));
        }
        assertThat(GatewayNode.data(first.refresh(refresh(pair))).get("accessToken"))
                .isNotNull();
    }

    @Test
    void listThenNoSecretAndTheSessionsOfEachKey() throws Exception {
        first.login(user, PASSWORD);

        var response = call(first, "GET", KEYS);

        JsonNode report = GatewayNode.data(response);
        assertThat(report.get("nodes")).hasSize(2);
        JsonNode signing = key(report, signer());
        assertThat(signing.get("sessions").asInt()).isPositive();
        assertThat(response.body()).doesNotContain("secret", nodes.encryptionKey());
    }

    private static JsonNode rotate(GatewayNode node) throws Exception {
        var response = call(node, "POST", KEYS);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return GatewayNode.data(response);
    }

    private static HttpResponse<String> call(GatewayNode node, String method, String path) throws Exception {
        return node.call(method, path, admin, null);
    }

    private static String signer() throws Exception {
        return keyOf(access(first.login(user, PASSWORD)));
    }

    private static JsonNode key(JsonNode report, String id) {
        return StreamSupport.stream(report.get("keys").spliterator(), false)
                .filter(key -> key.get("id").asString().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static String state(JsonNode report, String id) {
        return key(report, id).get("state").asString();
    }
}
