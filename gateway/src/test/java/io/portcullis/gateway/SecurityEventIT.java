package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64URL;
import io.portcullis.gateway.WebhookServer.Received;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Session events as the receiver of security event tokens (RFC 8417, RFC 8935) sees them. */
@Tag("database-independent")
class SecurityEventIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String AUDIENCE = "https://events.example.com/caep";
    private static final String TYPES = "https://schemas.openid.net/secevent/caep/event-type/";

    private static WebhookServer receiver;
    private static GatewayNode node;
    /** A session that was opened and ended while events were JSON and the receiver failed. */
    private static JsonNode earlier;

    private final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        receiver = WebhookServer.start();
        receiver.answer(request -> 500);
        String earlierUser = "user-" + UUID.randomUUID();
        try (GatewayNode json = start("--portcullis.events.webhook.secret=0123456789abcdef0123456789abcdef")) {
            json.createAccount(earlierUser, PASSWORD, "user");
            earlier = json.login(earlierUser, PASSWORD);
            logOut(json, earlier);
            Await.until(
                    "an attempt has failed",
                    () -> !receiver.requests(session(earlier)).isEmpty());
        }
        receiver.answer(request -> 202);
        node = start(
                "--portcullis.events.webhook.format=security-event-token",
                "--portcullis.events.webhook.audience=" + AUDIENCE,
                "--portcullis.events.webhook.authorization=Bearer receiver-demo-token",
                "--portcullis.identity-token.issuer=https://gateway.example.com");
    }

    private static GatewayNode start(String... arguments) {
        String[] common = {
            "--portcullis.events.webhook.url=" + receiver.url(),
            "--portcullis.events.webhook.timeout=1s",
            "--portcullis.events.webhook.poll-interval=50ms",
            "--portcullis.events.webhook.max-backoff=1s",
            "--portcullis.events.webhook.max-refusals=1"
        };
        return GatewayNode.start(
                Stream.of(common, arguments).flatMap(Arrays::stream).toArray(String[]::new));
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
        receiver.answer(request -> 202);
        receiver.answerBody("");
    }

    private static String session(JsonNode pair) {
        return pair.get("sessionId").asString();
    }

    private static void logOut(GatewayNode from, JsonNode pair) throws Exception {
        String token = pair.get("accessToken").asString();
        assertThat(from.call("POST", "/system/auth/logout", token, null).statusCode())
                .isEqualTo(200);
    }

    private JsonNode openAndEnd() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        logOut(node, pair);
        return pair;
    }

    private static boolean verifies(JWSObject token) throws Exception {
        JWKSet keys = JWKSet.parse(node.get("/.well-known/jwks.json").body());
        return token.verify(new ECDSAVerifier(
                keys.getKeyByKeyId(token.getHeader().getKeyID()).toECKey()));
    }

    @Test
    void sessionWhenOpenedAndLoggedOutThenTwoTokensInOrderThatTheServedKeysVerify() throws Exception {
        JsonNode pair = openAndEnd();

        List<Received> events = receiver.await(session(pair), 2);

        assertThat(events).extracting(Received::type).containsExactly("session-established", "session-revoked");
        assertThat(events).extracting(Received::reason).containsExactly("login", "logout");
        for (Received event : events) {
            JWSObject token = JWSObject.parse(event.body());
            assertThat(verifies(token)).isTrue();
            assertThat(token.getHeader().getType().getType()).isEqualTo("secevent+jwt");
            assertThat(event.headers().getFirst("Accept")).isEqualTo("application/json");
            assertThat(event.headers().getFirst("Authorization")).isEqualTo("Bearer receiver-demo-token");
            assertThat(event.signature()).isNull();
            assertClaims(event.event(), pair);
        }
    }

    private static void assertClaims(JsonNode claims, JsonNode pair) {
        assertThat(claims.propertyNames()).containsExactlyInAnyOrder("iss", "aud", "jti", "iat", "sub_id", "events");
        assertThat(claims.get("iss").asString()).isEqualTo("https://gateway.example.com");
        assertThat(claims.get("aud").asString()).isEqualTo(AUDIENCE);
        assertThat(claims.get("sub_id")).isEqualTo(GatewayNode.JSON.readTree("""
                        {"format":"complex","session":{"format":"opaque","id":"%s"},
                         "user":{"format":"iss_sub","iss":"https://gateway.example.com","sub":"%s"}}
                        """.formatted(
                        session(pair), pair.get("userId").asString())));
        JsonNode event = claims.get("events").iterator().next();
        assertThat(claims.get("events").propertyNames().iterator().next()).startsWith(TYPES);
        assertThat(event.propertyNames())
                .containsExactlyInAnyOrder("event_timestamp", "initiating_entity", "reason_admin");
        assertThat(event.get("initiating_entity").asString()).isEqualTo("user");
        assertThat(event.get("event_timestamp").asLong())
                .isBetween(claims.get("iat").asLong() - 600, claims.get("iat").asLong() + 60);
    }

    @Test
    void tokenWhenChangedThenTheServedKeysDoNotVerifyIt() throws Exception {
        String body = receiver.await(session(openAndEnd()), 2).get(1).body();
        JWSObject token = JWSObject.parse(body);
        String changed = token.getPayload().toString().replace("\"logout\"", "\"kicked\"");

        assertThat(changed).isNotEqualTo(token.getPayload().toString());
        assertThat(verifies(new JWSObject(
                        token.getHeader().toBase64URL(), Base64URL.encode(changed), token.getSignature())))
                .isFalse();
    }

    /** The rows of the outbox have no format. */
    @Test
    void eventsWhenTheFormatIsChangedThenThoseThatWaitArriveInTheNewOne() throws Exception {
        List<Received> events = receiver.await(session(earlier), 2);

        assertThat(events).extracting(Received::type).containsExactly("session-established", "session-revoked");
        assertThat(events.get(0).id())
                .isEqualTo(receiver.requests(session(earlier)).get(0).id());
        assertThat(verifies(JWSObject.parse(events.get(0).body()))).isTrue();
    }

    @Test
    void eventWhenTheReceiverRejectsItsAudienceThenItWaitsAndIsSentAgainWithTheSameId() throws Exception {
        receiver.answerBody("{\"err\":\"invalid_audience\",\"description\":\"text of the receiver\"}");
        receiver.answer(request -> attempts(request) == 1 ? 400 : 202);

        JsonNode pair = openAndEnd();

        assertThat(receiver.await(session(pair), 2))
                .extracting(Received::type)
                .containsExactly("session-established", "session-revoked");
        List<Received> requests = receiver.requests(session(pair));
        assertThat(requests).hasSizeGreaterThanOrEqualTo(4);
        assertThat(requests.stream().map(Received::id).distinct()).hasSize(2);
    }

    private static long attempts(Received request) {
        return receiver.requests(request.session()).stream()
                .filter(each -> each.id().equals(request.id()))
                .count();
    }

    @Test
    void eventWhenTheReceiverRefusesItThenADeadLetterWithoutTheReceiversText() throws Exception {
        receiver.answerBody("{\"err\":\"invalid_request\",\"description\":\"text of the receiver\"}");
        receiver.answer(request -> request.type().equals("session-established") ? 400 : 202);

        JsonNode pair = openAndEnd();

        assertThat(receiver.await(session(pair), 1)).extracting(Received::type).containsExactly("session-revoked");
        try (var database = GatewayNode.openDatabase();
                var query = database.prepareStatement("SELECT last_failure FROM session_event WHERE session_id = ?")) {
            query.setString(1, session(pair));
            var rows = query.executeQuery();
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("HTTP 400 invalid_request");
        }
    }
}
