package io.portcullis.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenIssuerTests {
    private static final String SESSION = "0199a3f0-1c2d-7e4f-8a5b-6c7d8e9f0a1b";
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00.123Z");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final TokenLifetimes lifetimes = new TokenLifetimes(
            Duration.ofMinutes(30), Duration.ofDays(30), Duration.ofDays(90), Duration.ofSeconds(10));
    private final TokenIssuer issuer = new TokenIssuer(
            new TokenCodec(KeyRing.of(List.of(KeyRing.newSecret(RANDOM))), Clock.fixed(NOW, ZoneOffset.UTC), RANDOM),
            lifetimes);

    @ParameterizedTest
    @CsvSource({"P90D, PT30M, P30D", "P1D, PT30M, P1D", "PT1M, PT1M, PT1M"})
    void issueWhenTheSessionEndsThenNoTokenOutlivesIt(Duration left, Duration access, Duration refresh) {
        TokenPair pair = issuer.issue(SESSION, 1, NOW, NOW.plus(left));

        assertThat(pair.access().expiresAt()).isEqualTo(NOW.plus(access));
        assertThat(pair.refresh().expiresAt()).isEqualTo(NOW.plus(refresh));
    }
}
