package io.portcullis.gateway.stream;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import org.springframework.web.reactive.socket.CloseStatus;

/**
 * How the gateway closes a stream.
 *
 * @param status the status in the close frame of a WebSocket (RFC 6455 section 7.4)
 * @param orderly whether the body of a response ends as if the service had ended it. Otherwise the connection to the client is
 *     closed in the middle of the body, so that the client cannot take the body for a complete one
 */
public record StreamClose(CloseStatus status, boolean orderly) {
    /** Closes a stream because nothing has told for too long that its session still lives. */
    static final StreamClose UNCHECKED = abrupt(CloseStatus.SERVER_ERROR, ErrorCode.UNAVAILABLE);

    /** Returns the close of a stream whose session has ended: status 1008, with the error code as text. */
    static StreamClose of(EndReason reason) {
        return abrupt(CloseStatus.POLICY_VIOLATION, reason.errorCode());
    }

    private static StreamClose abrupt(CloseStatus status, ErrorCode code) {
        return new StreamClose(status.withReason(String.valueOf(code.code())), false);
    }
}
