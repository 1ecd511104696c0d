package io.portcullis.core.degraded;

import io.portcullis.core.error.RootCause;

/**
 * Signals that Redis did not take all tombstones of the ledger and may therefore hold live entries of revoked tokens. The cause
 * is the failure of the first tombstone.
 */
final class UnwrittenTombstonesException extends RuntimeException {
    UnwrittenTombstonesException(Throwable cause) {
        super(RootCause.describe(cause), cause, false, false);
    }
}
