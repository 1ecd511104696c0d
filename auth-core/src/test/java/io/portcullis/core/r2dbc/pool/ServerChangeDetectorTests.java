package io.portcullis.core.r2dbc.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerChangeDetectorTests {
    private final AtomicLong time = new AtomicLong(17);
    private final ServerChangeDetector changes = new ServerChangeDetector(time::get);

    private static R2dbcNonTransientResourceException error(int code) {
        return new R2dbcNonTransientResourceException("as the server says", "HY000", code);
    }

    private void pass(Duration duration) {
        time.addAndGet(duration.toNanos());
    }

    @ParameterizedTest
    @ValueSource(ints = {1290, 1792, 1836, 1053, 1077, 1047, 1927, 3032, 3168, 3169})
    void reportWhenTheServerTakesNoWritesThenOlderConnectionsAreOutdated(int code) {
        long old = changes.now();
        pass(Duration.ofSeconds(1));

        assertThat(changes.report(new IllegalStateException("wrapped", error(code))))
                .isTrue();

        assertThat(changes.outdated(old)).isTrue();
        assertThat(changes.outdated(changes.now())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1062, 1205, 1213, 1317, 1969, 3024})
    void reportWhenAnyOtherErrorThenNothingIsOutdated(int code) {
        long old = changes.now();
        pass(Duration.ofMinutes(1));

        assertThat(changes.report(error(code))).isFalse();
        assertThat(changes.outdated(old)).isFalse();
    }

    @Test
    void outdatedWhenMadeShortlyAfterTheErrorThenLivesForASecondOnly() {
        assertThat(changes.report(error(1290))).isTrue();
        pass(Duration.ofMillis(2900));
        long early = changes.now();
        pass(Duration.ofMillis(200));
        long late = changes.now();
        pass(Duration.ofMinutes(1));

        assertThat(changes.outdated(early)).isTrue();
        assertThat(changes.outdated(late)).isFalse();
    }
}
