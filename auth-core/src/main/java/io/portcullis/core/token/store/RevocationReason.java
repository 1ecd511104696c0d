package io.portcullis.core.token.store;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why an access token is dead before its time: its session has ended, for one of the {@link EndReason}s, or a newer token has taken
 * its place. The name is stored in tombstones and the ledger: never rename one.
 */
public final class RevocationReason {
    /** A newer access token of the session took its place. */
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

    /** The reason for the tokens of a session that ended. */
    public static RevocationReason of(EndReason reason) {
        return Objects.requireNonNull(OF_ENDS.get(reason));
    }

    /** The reason of that name, as a tombstone or the ledger has it; {@code LOGOUT} for one of a later release, since the token is dead. */
    public static RevocationReason stored(@Nullable String name) {
        return SUPERSEDED.name.equals(name) ? SUPERSEDED : of(EndReason.ofName(name));
    }

    /** The text that is stored. */
    public String name() {
        return name;
    }

    /** What a request with such a token is answered. */
    public ErrorCode errorCode() {
        return errorCode;
    }

    @Override
    public String toString() {
        return name;
    }
}
