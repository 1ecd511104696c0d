package io.portcullis.core.login;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.Session;
import io.portcullis.core.token.TokenPair;
import io.portcullis.core.token.store.AccessTokenRecord;
import java.time.Instant;
import java.util.List;

/** What a presented refresh token led to, under the session's lock. */
sealed interface RotationResult {
    /**
     * It was fresh: it is spent now, and this is its successor.
     *
     * @param at the database's time of the rotation
     */
    record Rotated(Session session, TokenPair tokens, List<AccessTokenRecord> superseded, Instant at)
            implements RotationResult {}

    /** It was spent a moment ago and is the last generation: its successor again. */
    record Replayed(Session session, TokenPair tokens) implements RotationResult {}

    /** It is worth nothing; after a reuse, or where the account is disabled, the session has ended. */
    record Refused(ErrorCode errorCode) implements RotationResult {}
}
