package io.portcullis.gateway;

import static io.portcullis.gateway.KeyRingNodes.KEYS;
import static io.portcullis.gateway.KeyRingNodes.PASSWORD;
import static io.portcullis.gateway.KeyRingNodes.access;
import static io.portcullis.gateway.KeyRingNodes.keyOf;
import static io.portcullis.gateway.KeyRingNodes.newKey;
import static io.portcullis.gateway.KeyRingNodes.refresh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.token.KeyId;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.Testbed;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests what becomes of tokens whose key is dropped: without MySQL, by configuration, and at a logout (docs/adr/0044). */
@Tag("database-independent")
class DroppedKeyIT {
    private static final KeyRingNodes nodes = new KeyRingNodes();
    private static final String user = "user-" + UUID.randomUUID();

    private static GatewayNode first;
    private static GatewayNode second;

    @BeforeAll
    static void startNodes() throws Exception {
        first = nodes.start();
        second = nodes.startOverProxy();
        first.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() {
        first.close();
        second.close();
        nodes.close();
    }

    /** The session itself is not ended, so nothing but the key refuses its tokens. */
    @Test
    void dropWhenANodeHasNoMySqlThenItRefusesTheKeyByRedisAlone() throws Exception {
        JsonNode pair = second.login(user, PASSWORD);
        String dropped = keyOf(access(pair));
        keepFromBeingEnded(pair);
        rotate();
        String admin = admin();
        ExecutorService caller = Executors.newSingleThreadExecutor();
        Future<HttpResponse<String>> answer;
        second.awaitTrust();
        nodes.toDatabase().refuse();
        nodes.toDatabase().cut();
        try {
            assertThat(GatewayNode.send(second.loginRequest(user, PASSWORD)).statusCode())
                    .as("a login at the node without MySQL")
                    .isEqualTo(503);
            assertThat(second.proxied(access(pair))).isEqualTo(200);

            answer = caller.submit(() -> first.call("DELETE", KEYS + "/" + dropped, admin, null));

            Await.until("the node without MySQL refuses the key", () -> second.proxied(access(pair)) == 401);
            assertThat(second.refresh(refresh(pair)).statusCode()).isEqualTo(401);
            assertThat(live(pair)).as("the session").isEqualTo(1);
        } finally {
            nodes.toDatabase().heal();
            caller.shutdown();
        }
        assertThat(answer.get().statusCode()).isEqualTo(200);
        Await.until(
                "each node has confirmed it",
                () -> GatewayNode.data(first.call("DELETE", KEYS + "/" + dropped, admin, null))
                        .get("everywhere")
                        .asBoolean());
        assertThat(second.proxied(access(pair))).isEqualTo(401);
    }

    /** The connection to MySQL is lost in the first transaction that drops the key for all nodes. */
    @Test
    void startWhenAKeyIsCompromisedThenItsTokensAreRefusedFromTheStartAndOnEachNode() throws Exception {
        String secret = newKey();
        JsonNode pair;
        String ticket;
        try (GatewayNode before = nodes.start("--portcullis.token.keys=" + secret)) {
            pair = before.login(user, PASSWORD);
            ticket = before.ticket(access(pair));
            assertThat(first.proxied(access(pair))).isEqualTo(200);
        }
        String compromised = keyOf(access(pair));

        String signer;
        var lost = nodes.toDatabase().dropResponse("TOKEN_KEY_DROPPED");
        try (GatewayNode node = nodes.startOverProxy(
                "--portcullis.token.keys=" + newKey() + "," + secret,
                "--portcullis.token.compromised-keys=" + compromised)) {
            assertThat(node.proxied(access(pair))).as("the first request").isEqualTo(401);
            assertThat(node.refresh(refresh(pair)).statusCode()).isEqualTo(401);
            assertThat(node.get("/api/echo/a?ticket=" + ticket).statusCode()).isEqualTo(401);
            for (GatewayNode each : new GatewayNode[] {first, second}) {
                Await.until("the other nodes refuse the key", () -> each.proxied(access(pair)) == 401);
                assertThat(each.refresh(refresh(pair)).statusCode()).isEqualTo(401);
            }
            Await.until(
                    "the key is dropped for all nodes, and once",
                    () -> nodes.count(
                                    "SELECT COUNT(*) FROM login_log WHERE type = 'TOKEN_KEY_DROPPED' AND actor IS NULL"
                                            + " AND detail = 'token key " + compromised + "'")
                            == 1);
            assertThat(lost).as("the first transaction was lost").isDone();
            Await.until("its session ends", () -> live(pair) == 0);
            String token = access(node.login(user, PASSWORD));
            assertThat(node.proxied(token)).isEqualTo(200);
            signer = keyOf(token);
        }
        HttpResponse<String> dropped = first.call("DELETE", KEYS + "/" + signer, admin(), null);
        assertThat(dropped.statusCode())
                .as("the node that signed with it has stopped: " + dropped.body())
                .isEqualTo(200);
    }

    @Test
    void startWhenTheOnlyKeyIsCompromisedThenASentence() {
        String secret = newKey();
        String compromised = KeyId.ofSecret(Base64.getDecoder().decode(secret)).toString();

        assertThatThrownBy(() -> GatewayNode.start(
                        "--spring.r2dbc.url=" + Testbed.shared().database().createDatabase(),
                        "--portcullis.token.keys=" + secret,
                        "--portcullis.token.compromised-keys=" + compromised))
                .rootCause()
                .hasMessageContaining("each key of this node is dropped")
                .hasMessageNotContaining(secret);
    }

    /** The session has been refreshed since the rotation, so it outlives its first key until it is logged out. */
    @ParameterizedTest
    @ValueSource(strings = {"access", "refresh"})
    void logoutWhenTheKeyOfTheTokenIsDroppedThenItsSessionEnds(String kind) throws Exception {
        JsonNode old = first.login(user, PASSWORD);
        JsonNode next = refreshUnderNewKeyAndDropTheOld(old);
        String presented = kind.equals("access") ? access(old) : refresh(old);
        String forged = presented.substring(0, presented.length() - 8) + "AAAAAAAA";
        assertLoggedOut(forged);
        assertThat(second.proxied(access(next))).as("after a forged logout").isEqualTo(200);

        assertLoggedOut(presented);

        for (GatewayNode each : new GatewayNode[] {first, second}) {
            assertThat(each.proxied(access(next))).isEqualTo(401);
            assertThat(each.refresh(refresh(next)).statusCode()).isEqualTo(401);
        }
        String session = old.get("sessionId").asString();
        assertThat(nodes.count(
                        "SELECT COUNT(*) FROM auth_session WHERE end_reason = 'LOGOUT' AND id = '" + session + "'"))
                .isEqualTo(1);
        assertLoggedOut(presented);
    }

    /** As after the restore of an older dump: Redis alone knows the session of the token. */
    @Test
    void logoutWhenTheKeyIsDroppedAndMySqlDoesNotKnowTheTokenThenItsAccessTokensGetATombstone() throws Exception {
        JsonNode old = first.login(user, PASSWORD);
        refreshUnderNewKeyAndDropTheOld(old);
        String session = "'" + old.get("sessionId").asString() + "'";
        nodes.update("DELETE FROM access_token WHERE session_id = " + session);
        nodes.update("DELETE FROM refresh_token WHERE session_id = " + session);
        nodes.update("DELETE FROM auth_session WHERE id = " + session);

        assertLoggedOut(access(old));

        assertThat(nodes.count("SELECT COUNT(*) FROM revoked_token WHERE reason = 'LOGOUT' AND digest = SHA2('"
                        + access(old) + "', 256)"))
                .isEqualTo(1);
    }

    private static void assertLoggedOut(String token) throws Exception {
        HttpResponse<String> response = first.call("POST", "/system/auth/logout", token, null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(GatewayNode.data(response).asBoolean()).isTrue();
    }

    private static JsonNode refreshUnderNewKeyAndDropTheOld(JsonNode old) throws Exception {
        rotate();
        JsonNode next = GatewayNode.data(first.refresh(refresh(old)));
        assertThat(keyOf(access(next))).isNotEqualTo(keyOf(access(old)));
        HttpResponse<String> dropped = first.call("DELETE", KEYS + "/" + keyOf(access(old)), admin(), null);
        assertThat(dropped.statusCode()).as(dropped.body()).isEqualTo(200);
        assertThat(first.proxied(access(old))).isEqualTo(401);
        assertThat(first.proxied(access(next))).isEqualTo(200);
        return next;
    }

    private static void rotate() throws Exception {
        HttpResponse<String> response = first.call("POST", KEYS, admin(), null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /** An administrator's own token may be of a key that a test has dropped. */
    private static String admin() throws Exception {
        return access(first.login("admin", "admin-demo-pass"));
    }

    /** Takes the key away from the session, as if it had not been refreshed since V16 of the schema. */
    private static void keepFromBeingEnded(JsonNode pair) throws Exception {
        nodes.update("UPDATE refresh_token SET key_id = NULL WHERE session_id = '"
                + pair.get("sessionId").asString() + "'");
    }

    private static int live(JsonNode pair) throws Exception {
        return nodes.count("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL AND id = '"
                + pair.get("sessionId").asString() + "'");
    }
}
