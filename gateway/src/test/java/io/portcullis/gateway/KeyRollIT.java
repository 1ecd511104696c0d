package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tests the change from the signing key in MySQL to configured keys, while only one of two nodes has changed. */
class KeyRollIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();

    private static final GatewayNode stored = GatewayNode.shared();
    private static final GatewayNode configured = GatewayNode.start("--portcullis.token.keys=" + newKey());

    private static String newKey() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return Base64.getEncoder().encodeToString(secret);
    }

    @BeforeAll
    static void createUser() {
        stored.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() {
        configured.close();
    }

    @Test
    void loginUnderTheStoredKeyThenItsTokensWorkWhereKeysAreConfigured() throws Exception {
        JsonNode pair = stored.login(user, PASSWORD);

        assertThat(configured.proxied(access(pair))).isEqualTo(200);
        JsonNode next = GatewayNode.data(configured.refresh(refresh(pair)));
        assertThat(configured.proxied(access(next))).isEqualTo(200);
    }

    /** The node that has not changed lacks the new key, and looks its tokens up. */
    @Test
    void loginUnderTheConfiguredKeyThenItsTokensWorkWhereItIsUnknown() throws Exception {
        JsonNode pair = configured.login(user, PASSWORD);
        assertThat(stored.proxied(access(pair))).isEqualTo(200);
        String ticket = configured.ticket(access(pair));
        assertThat(stored.get("/api/echo/a?ticket=" + ticket).statusCode()).isEqualTo(200);
        assertThat(stored.get("/api/echo/a?ticket=" + ticket).statusCode()).isEqualTo(401);

        JsonNode next = GatewayNode.data(stored.refresh(refresh(pair)));
        assertThat(stored.proxied(access(next))).isEqualTo(200);
        assertThat(configured.proxied(access(next))).isEqualTo(200);

        JsonNode newest = GatewayNode.data(configured.refresh(refresh(next)));
        assertThat(stored.call("POST", "/system/auth/logout", access(newest), null)
                        .statusCode())
                .isEqualTo(200);
        assertThat(configured.proxied(access(newest))).isEqualTo(401);
        assertThat(stored.proxied(access(newest))).isEqualTo(401);
        assertThat(configured.refresh(refresh(newest)).statusCode()).isEqualTo(401);
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    private static String refresh(JsonNode pair) {
        return pair.get("refreshToken").asString();
    }
}
