package io.portcullis.gateway.upstream;

import java.io.IOException;

/** Signals that a service closed the connection before its response was complete. */
final class ServiceClosedException extends IOException {
    private static final long serialVersionUID = 1;

    ServiceClosedException() {
        super("the service closed the connection before its response was complete");
    }

    /** Leaves the stack trace out, because the fault lies with the service. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
