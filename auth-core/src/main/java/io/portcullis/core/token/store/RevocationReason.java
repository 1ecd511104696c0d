package io.portcullis.core.token.store;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Names the reason for which an access token is refused before its expiry: its session ended for one of the {@link EndReason}s,
 * or a newer token superseded it. Tombstones and the ledger store the name, so a name must never change.
 */
public final class RevocationReason {
    /** A rotation replaced the access token, and its grace window has ended. */
    public static final RevocationReason SUPERSEDED =
            new RevocationReason("SUPERSEDED", ErrorCode.ACCESS_TOKEN_SUPERSEDED);

    private static final Map<EndReason, RevocationReason> OF_ENDS = new EnumMap<>(EndReason.class);

    static {
        for (EndReason reason : EndReason.values()) {
            OF_ENDS.put(reason, new RevocationReason(reason.name(), reason.errorCode()));
        }
    }

    private final String name;
    private final ErrorCode errorCode;

    private RevocationReason(String name, ErrorCode errorCode) {
        this.name = name;
        this.errorCode = errorCode;
    }

    /** Returns the reason for the access tokens of a session that ended for {@code reason}. */
    public static RevocationReason of(EndReason reason) {
        return Objects.requireNonNull(OF_ENDS.get(reason));
    }

    /**
     * Returns the reason that a tombstone or the ledger stores under {@code name}. For an unknown name, for example of a later
     * release, the result is {@code LOGOUT}, because the token must be refused in any case.
     */
    public static RevocationReason ofStoredName(@Nullable String name) {
        return SUPERSEDED.name.equals(name) ? SUPERSEDED : of(EndReason.ofName(name));
    }

    /** Returns the name that tombstones and the ledger store. */
    public String name() {
        return name;
    }

    /** Returns the error code with which a request with such a token is refused. */
    public ErrorCode errorCode() {
        return errorCode;
    }

    @Override
    public String toString() {
        return name;
    }
}
