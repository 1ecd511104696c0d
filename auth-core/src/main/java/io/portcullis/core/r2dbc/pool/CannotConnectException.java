package io.portcullis.core.r2dbc.pool;

import io.r2dbc.spi.R2dbcNonTransientResourceException;

/** Signals that a new connection could not be established. The pool does not retry, because another attempt would fail too. */
final class CannotConnectException extends R2dbcNonTransientResourceException {
    CannotConnectException(Throwable cause) {
        super("cannot connect to MySQL", cause);
    }

    CannotConnectException(String reason) {
        super(reason);
    }
}
