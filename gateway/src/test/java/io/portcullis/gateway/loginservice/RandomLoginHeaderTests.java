package io.portcullis.gateway.loginservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.login.ExternalLogin;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.testbed.RandomTexts;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What holds for each {@code X-Portcullis-Login}. */
class RandomLoginHeaderTests {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ClientInfo CLIENT = new ClientInfo("192.0.2.1", null, null, null);

    private static final RandomTexts BODIES = RandomTexts.like(
                    "{\"userId\":\"1\",\"username\":\"alice\"}",
                    "{\"userId\":\"1\",\"username\":\"alice\",\"userType\":\"member\",\"roles\":[\"user\"],\"tenantId\":\"t\"}",
                    "{\"userId\":\"1\",\"username\":\"alice\",\"device\":\"web\",\"deviceType\":\"app\"}")
            .with("{", "}", "[", "]", "\"", ",", ":", "null", "true", "1", "1e9", "\\u0000", "\\ud800", "//", "/*", "'")
            .with(
                    "\"userId\":\"2\"",
                    "\"roles\":[\"admin\"]",
                    "\"roles\":[null]",
                    "\"admin\":true",
                    "\u0085",
                    "\u00a0");

    private static ExternalLogin read(String value) {
        return LoginHeader.read(List.of(value), CLIENT, Set.of(), "route");
    }

    /** Another parser of JSON must find the same user, or the header is refused: 502, and nothing is opened. */
    @Test
    void headerWhenUnderstoodThenItSaysWhatItsJsonSays() {
        BODIES.check(text -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            ExternalLogin login;
            try {
                login = read(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
            } catch (LoginServiceException e) {
                return;
            }
            JsonNode json = JSON.readTree(text);

            assertThat(login.userId()).isEqualTo(json.get("userId").asString());
            assertThat(login.username()).isEqualTo(json.get("username").asString());
            assertThat(login.roles()).isEqualTo(roles(json));
        });
    }

    private static Set<String> roles(JsonNode json) {
        JsonNode roles = json.path("roles");
        return roles.isArray()
                ? Set.copyOf(roles.valueStream().map(JsonNode::asString).toList())
                : Set.of();
    }

    @Test
    void headerWhenItIsAnythingThenUnderstoodOrRefusedAndNeverRepeated() {
        RandomTexts.like("eyJ1c2VySWQiOiIxIiwidXNlcm5hbWUiOiJhbGljZSJ9")
                .with("=", "+", "/", "-", "_", " ", "\u00e9")
                .check(text -> {
                    try {
                        assertThat(read(text)).isNotNull();
                    } catch (LoginServiceException e) {
                        assertThat(text.length() > 8 && e.reason().contains(text))
                                .isFalse();
                    }
                });
    }
}
