package io.portcullis.core.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.AddressBlock;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TenantThrottleTests {
    private static final AddressBlock BLOCK = AddressBlock.of("192.0.2.1");

    private final LoginThrottle throttle =
            new LoginThrottle(new AttemptLimits(1, 9, 9, Duration.ofMinutes(5)), Clock.systemUTC());

    private boolean isAdmitted(@Nullable String tenantId) {
        var admission = throttle.begin("alice", tenantId, BLOCK);
        boolean admitted = admission.refusal() == null;
        admission.countAsWrong();
        admission.end();
        return admitted;
    }

    @Test
    void beginGivenAWrongPasswordThenTheSameNameOfAnotherTenantIsAdmitted() {
        assertThat(isAdmitted("1")).isTrue();
        assertThat(isAdmitted("1")).isFalse();
        assertThat(isAdmitted("2")).isTrue();
        assertThat(isAdmitted(null)).isTrue();
        assertThat(isAdmitted(null)).isFalse();
    }
}
