package io.portcullis.gateway.upstream;

import java.io.IOException;

/**
 * Signals that a pooled connection became unusable before the first byte of a response. Thrown only for requests that may be
 * sent again (see {@link UpstreamCodec}).
 */
final class StaleConnectionException extends IOException {
    private static final long serialVersionUID = 1;

    StaleConnectionException() {
        super("pooled connection was closed by the service, or had unread bytes");
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
