package io.portcullis.core.client;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A grant of RFC 6749 that a client may be allowed to use. MySQL stores the constant's name, so no constant may be renamed. */
public enum GrantType {
    /** The client gets an access token for itself (section 4.4). */
    CLIENT_CREDENTIALS,
    /** The client exchanges the refresh tokens of its sessions (section 6). */
    REFRESH_TOKEN;

    /** Returns the value of the parameter {@code grant_type}. */
    public String parameter() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the grant with this value of the parameter {@code grant_type}; empty for any other value. */
    public static Optional<GrantType> ofParameter(String value) {
        return Arrays.stream(values())
                .filter(grant -> grant.parameter().equals(value))
                .findFirst();
    }
}
