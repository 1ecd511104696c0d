package io.portcullis.core.resilience;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;

/** The outcome of a measured call. */
public enum CallOutcome {
    /** The call had a result. */
    OK,
    /** The call was answered with a refusal, for example of a token or a password. No store failed. */
    REFUSED,
    /** A store failed or did not answer in time. */
    FAILED;

    /** Returns the outcome of a call that ended with this error. */
    public static CallOutcome of(Throwable failure) {
        return failure instanceof PortcullisException known && known.code() != ErrorCode.UNAVAILABLE ? REFUSED : FAILED;
    }
}
