package io.portcullis.core.login;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The limits on the sessions of one user (docs/adr/0028).
 *
 * @param maxPerUser the largest number of live sessions of a user; {@link #UNLIMITED} for no limit
 * @param whenFull the policy for a login beyond {@code maxPerUser}
 * @param onePerDeviceType the types of devices of which a user has one session at most. The type of a session is
 *     {@link io.portcullis.core.session.ClientInfo#typeOfDevice}, without regard to case
 */
public record SessionLimits(int maxPerUser, WhenFull whenFull, Set<String> onePerDeviceType) {
    /** The value of {@link #maxPerUser} for no limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** No limit: a login takes no lock of its user. */
    public static final SessionLimits NONE = new SessionLimits(UNLIMITED, WhenFull.EVICT_OLDEST, Set.of());

    public SessionLimits {
        onePerDeviceType =
                onePerDeviceType.stream().map(SessionLimits::lowerCase).collect(Collectors.toUnmodifiableSet());
    }

    /** Returns whether the number of sessions of a user is limited. */
    boolean limitsNumber() {
        return maxPerUser != UNLIMITED;
    }

    /** Returns the type of this device if a user may have only one session on it. */
    Optional<String> exclusiveType(@Nullable String device) {
        return Optional.ofNullable(device).map(SessionLimits::lowerCase).filter(onePerDeviceType::contains);
    }

    /** Returns whether a login on this device may have to end other sessions, or may be refused. */
    boolean concern(@Nullable String device) {
        return limitsNumber() || exclusiveType(device).isPresent();
    }

    private static String lowerCase(String device) {
        return device.toLowerCase(Locale.ROOT);
    }
}
