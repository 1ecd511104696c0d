package io.portcullis.core.login;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limits how many tokens, of which no store knows whether they are genuine, this node enters in the ledger: so many a second, and
 * as many in one go. A flood of forged tokens could otherwise fill the ledger.
 */
final class UnknownTokenBudget {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final int perSecond;
    private final LongSupplier nanoTime;
    private double left;
    private long asOf;

    UnknownTokenBudget(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.left = perSecond;
        this.asOf = nanoTime.getAsLong();
    }

    /** The answer to the caller of a token beyond the budget. */
    static PortcullisException refusal() {
        return PortcullisException.retryLater(ErrorCode.TOO_MANY_REQUESTS, Duration.ofSeconds(1));
    }

    /** Whether one more is within the budget. */
    synchronized boolean take() {
        long now = nanoTime.getAsLong();
        left = Math.min(perSecond, left + (double) (now - asOf) / SECOND_NANOS * perSecond);
        asOf = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
