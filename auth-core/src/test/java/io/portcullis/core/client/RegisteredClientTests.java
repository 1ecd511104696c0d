package io.portcullis.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.TokenLifetimes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegisteredClientTests {
    private static final String SECRET = "a-secret-of-32-characters-or-more";
    private static final TokenLifetimes DEFAULTS = new TokenLifetimes(
            Duration.ofMinutes(30), Duration.ofDays(30), Duration.ofDays(90), Duration.ofSeconds(10));

    private static RegisteredClient client(String id, ClientType type, List<String> digests, Duration access) {
        return new RegisteredClient(
                id, id, type, true, Set.of(), Set.of(), Set.of(), access, null, digests, Instant.EPOCH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "order-service", "A.b_c-9"})
    void clientWhenIdIsPlainThenItsUserIdIsThatOfAClient(String id) {
        assertThat(client(id, ClientType.PUBLIC, List.of(), Duration.ofMinutes(1))
                        .userId())
                .isEqualTo("client:" + id)
                .hasSizeLessThanOrEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-a",
                "a b",
                "a:b",
                "client:a",
                "\u00fc",
                "a\n",
                "123456789012345678901234567890123456789012345678901"
            })
    void clientWhenIdIsOtherThenRefused(String id) {
        assertThatExceptionOfType(PortcullisException.class)
                .isThrownBy(() -> client(id, ClientType.PUBLIC, List.of(), Duration.ofMinutes(1)));
    }

    @Test
    void secretWhenPresentedThenEachOfTheTwoMatches() {
        var both = client(
                "a",
                ClientType.CONFIDENTIAL,
                List.of(ClientSecrets.digest(SECRET), ClientSecrets.digest("other")),
                Duration.ofMinutes(1));

        assertThat(both.hasSecret(List.of("wrong", SECRET))).isTrue();
        assertThat(both.hasSecret(List.of("other"))).isTrue();
        assertThat(both.hasSecret(List.of())).isFalse();
        assertThat(both.hasSecret(List.of(ClientSecrets.digest(SECRET)))).isFalse();
        assertThat(both.toString()).doesNotContain(ClientSecrets.digest(SECRET));
    }

    @Test
    void lifetimesWhenAccessIsLongerThanTheDefaultRefreshThenRefreshIsLonger() {
        var lifetimes =
                client("a", ClientType.PUBLIC, List.of(), Duration.ofDays(40)).lifetimes(DEFAULTS);

        assertThat(lifetimes.access()).isEqualTo(Duration.ofDays(40));
        assertThat(lifetimes.refresh()).isGreaterThan(Duration.ofDays(40));
    }
}
