package io.portcullis.gateway.upstream;

import java.io.IOException;

/**
 * A pooled connection turned out to be unusable before a byte of a response came. Only thrown for requests that may be sent again
 * (see {@link UpstreamCodec}).
 */
final class StaleConnectionException extends IOException {
    private static final long serialVersionUID = 1;

    StaleConnectionException() {
        super("a kept connection was closed by the service, or had bytes left on it");
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
