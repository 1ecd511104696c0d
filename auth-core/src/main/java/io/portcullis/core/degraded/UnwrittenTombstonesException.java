package io.portcullis.core.degraded;

import io.portcullis.core.error.RootCause;

/** Redis did not take tombstones that the ledger demands, so it may hold tokens that are dead. The cause is that of the first one. */
final class UnwrittenTombstonesException extends RuntimeException {
    UnwrittenTombstonesException(Throwable cause) {
        super(RootCause.describe(cause), cause, false, false);
    }
}
