package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;

import io.portcullis.core.login.SessionLimits;
import io.portcullis.core.login.WhenFull;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The life of a session, and the limits on the sessions of one user (ADR 28).
 *
 * @param maxLifetime absolute expiry of a session, which no refresh extends
 * @param maxPerUser the largest number of live sessions of a user, 1 to 1000; no limit without a value
 * @param whenFull whether a login beyond max-per-user ends the user's oldest sessions (evict-oldest) or is refused with 409 (reject)
 * @param onePerDeviceType types of devices of which a user has one session at most, such as app. A login ends the user's other
 *     session on its type, whatever when-full says. The type is the device that the login names, in any case
 */
record SessionProperties(
        @DefaultValue("90d") Duration maxLifetime,
        @Nullable Integer maxPerUser,
        @DefaultValue("evict-oldest") WhenFull whenFull,
        @DefaultValue List<String> onePerDeviceType) {
    /** A login reads as many sessions as its user has. */
    private static final int MAX_PER_USER = 1_000;

    private static final Pattern DEVICE_TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    SessionProperties {
        atLeastOneSecond("portcullis.session.max-lifetime", maxLifetime, "90d");
        if (maxPerUser != null && (maxPerUser < 1 || maxPerUser > MAX_PER_USER)) {
            throw new IllegalArgumentException("portcullis.session.max-per-user: " + maxPerUser + " (expected: 1 to "
                    + MAX_PER_USER + ", such as 5, or no value for no limit)");
        }
        onePerDeviceType.forEach(SessionProperties::requireDeviceType);
    }

    private static void requireDeviceType(String type) {
        if (!DEVICE_TYPE.matcher(type).matches()) {
            throw new IllegalArgumentException("portcullis.session.one-per-device-type: '" + type
                    + "' (expected: 1 to 64 letters, digits, '.', '_' or '-', such as app)");
        }
    }

    SessionLimits limits() {
        return new SessionLimits(
                maxPerUser == null ? SessionLimits.UNLIMITED : maxPerUser, whenFull, Set.copyOf(onePerDeviceType));
    }
}
