package io.portcullis.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenLifetimesTests {
    @ParameterizedTest
    @CsvSource({
        "PT0S, P1D, P1D, PT10S, access",
        "PT-1S, P1D, P1D, PT10S, access",
        "PT1M, PT0S, P1D, PT10S, refresh",
        "PT1M, P1D, PT0S, PT10S, maxSessionLifetime",
        "PT1M, P1D, P1D, PT-0.001S, grace",
        "PT1M, PT1M, P1D, PT10S, refresh"
    })
    void lifetimesWhenOneIsWrongThenItIsNamed(
            Duration access, Duration refresh, Duration session, Duration grace, String name) {
        assertThatThrownBy(() -> new TokenLifetimes(access, refresh, session, grace))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + ": ");
    }

    @Test
    void lifetimesWhenThereIsNoGraceThenAllowed() {
        TokenLifetimes lifetimes =
                new TokenLifetimes(Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofDays(1), Duration.ZERO);

        assertThat(lifetimes.grace()).isZero();
    }
}
