package io.portcullis.core.r2dbc.pool;

import io.r2dbc.spi.R2dbcNonTransientResourceException;

/** No new connection could be made, so trying another one at once is of no use. */
final class CannotConnectException extends R2dbcNonTransientResourceException {
    CannotConnectException(Throwable cause) {
        super("no connection to MySQL", cause);
    }
}
