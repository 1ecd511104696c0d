package io.portcullis.core.login;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A token bucket for revocations of tokens that may be forged: their signing key is unknown and no store has them. It
 * limits the ledger entries that this node makes for them per second, with a burst of the same number, because a
 * flood of forged tokens could otherwise fill the ledger.
 */
final class UnknownTokenBudget {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final int perSecond;
    private final LongSupplier nanoTime;
    private double remaining;
    private long updatedAt;

    UnknownTokenBudget(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.remaining = perSecond;
        this.updatedAt = nanoTime.getAsLong();
    }

    /** Returns the error for a token beyond the budget. */
    static PortcullisException refusal() {
        return PortcullisException.retryLater(ErrorCode.TOO_MANY_REQUESTS, Duration.ofSeconds(1));
    }

    /** Takes one entry from the budget. Returns false if the budget is used up. */
    synchronized boolean tryAcquire() {
        long now = nanoTime.getAsLong();
        remaining = Math.min(perSecond, remaining + (double) (now - updatedAt) / SECOND_NANOS * perSecond);
        updatedAt = now;
        if (remaining < 1) {
            return false;
        }
        remaining--;
        return true;
    }
}
