package io.portcullis.core.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.login.MovableClock;
import io.portcullis.core.session.AddressBlock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecretThrottleTests {
    private static final AddressBlock HERE = AddressBlock.of("192.0.2.1");
    private static final AddressBlock ELSEWHERE = AddressBlock.of("192.0.2.2");

    private final MovableClock clock = new MovableClock();
    private final SecretThrottle throttle =
            new SecretThrottle(new AttemptLimits(3, 5, 8, Duration.ofMinutes(5)), clock);

    /** Presents a wrong secret; returns whether it causes an entry in the login log. */
    private boolean failLogged(String name, AddressBlock block) {
        var attempt = throttle.begin(name, block);
        attempt.end(true);
        return attempt.admitsWrong() || attempt.reportsFirst();
    }

    private int failLogged(int attempts, String name, AddressBlock block) {
        int logged = 0;
        for (int i = 0; i < attempts; i++) {
            logged += failLogged(name + i, block) ? 1 : 0;
        }
        return logged;
    }

    /** One entry says that the limit of the name is reached, and one that that of the address is. */
    @Test
    void beginGivenWrongSecretsUnderOneNameThenAsManyEntriesAsItsLimitAndTwo() {
        int logged = 0;
        for (int i = 0; i < 50; i++) {
            logged += failLogged("client:a", HERE) ? 1 : 0;
        }

        assertThat(logged).isEqualTo(3 + 2);
        assertThat(failLogged("client:a", ELSEWHERE)).isTrue();
    }

    /** Whoever presents wrong secrets chooses the names. */
    @Test
    void beginGivenAnotherNameWithEachWrongSecretThenOneMoreEntryThanTheLimitOfTheAddress() {
        assertThat(failLogged(500, "client:", HERE)).isEqualTo(5 + 1);
        assertThat(failLogged(1, "client:", ELSEWHERE)).isOne();
        clock.advance(Duration.ofMinutes(5));
        assertThat(failLogged(500, "client:", HERE)).isEqualTo(5 + 1);
    }

    @Test
    void beginGivenChecksUnderWayThenTheyCountAsWrong() {
        List<SecretThrottle.Attempt> underWay = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            underWay.add(throttle.begin("client:" + i, HERE));
        }

        assertThat(underWay).filteredOn(SecretThrottle.Attempt::admitsWrong).hasSize(5);
        assertThat(underWay).noneMatch(SecretThrottle.Attempt::exhausted);
        underWay.forEach(attempt -> attempt.end(false));
        assertThat(throttle.begin("client:0", HERE).admitsWrong()).isTrue();
    }
}
