package io.portcullis.core.login;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.Session;
import io.portcullis.core.token.TokenPair;
import io.portcullis.core.token.store.AccessTokenRecord;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of presenting a refresh token, determined under the session's lock. */
sealed interface RotationResult {
    /**
     * The token was live. It is spent now and has a successor.
     *
     * @param session the session after the refresh
     * @param tokens the successor pair
     * @param superseded the access tokens that the successor replaces
     * @param at the database's time of the rotation
     * @param undelivered the digest of the spent token whose grace window begins when the pair is sent; null if it has begun
     */
    record Rotated(
            Session session,
            TokenPair tokens,
            List<AccessTokenRecord> superseded,
            Instant at,
            @Nullable String undelivered)
            implements RotationResult {}

    /**
     * The token is the last spent one and within grace. The result contains the same successor pair again.
     *
     * @param undelivered as for {@link Rotated}
     */
    record Replayed(
            Session session, TokenPair tokens, @Nullable String undelivered) implements RotationResult {}

    /**
     * The token yields no pair. After a reuse, or with a disabled account, the session has been ended.
     *
     * @param reuseDetected whether this refresh has detected a reuse, not an earlier one of the same session
     */
    record Refused(ErrorCode errorCode, boolean reuseDetected) implements RotationResult {
        Refused(ErrorCode errorCode) {
            this(errorCode, false);
        }
    }
}
