package io.portcullis.gateway.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.throttle.LoginThrottle;

/**
 * Registers the counter {@code portcullis.logins.throttled}: logins refused by the limits on wrong passwords (ADR 20). The login
 * log has only the first refusal of a window.
 */
final class LoginMetrics implements MeterBinder {
    private final LoginThrottle throttle;

    LoginMetrics(LoginThrottle throttle) {
        this.throttle = throttle;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("portcullis.logins.throttled", throttle, LoginThrottle::refused)
                .description("Password checks that were refused because of too many wrong passwords")
                .register(registry);
    }
}
