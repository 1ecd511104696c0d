package io.portcullis.core.retention;

/** Reports that the lease has expired, so another node may hold it. Work under the lease must stop. */
public final class LeaseLostException extends RuntimeException {
    /** Creates the exception for this lease. */
    public LeaseLostException(Lease lease) {
        // No stack trace, because this is an expected event and always occurs in the same place.
        super("Lease lost: " + lease.name(), null, false, false);
    }
}
