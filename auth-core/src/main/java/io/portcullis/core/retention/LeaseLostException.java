package io.portcullis.core.retention;

/** The lease ran out, and perhaps somebody else has it now: what was to be done under it must not be done. */
public final class LeaseLostException extends RuntimeException {
    public LeaseLostException(Lease lease) {
        // Without a stack trace: it is no defect, and where it happens is always the same place.
        super("the lease \"" + lease.name() + "\" was lost", null, false, false);
    }
}
