package io.portcullis.gateway.problem;

import io.portcullis.core.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of every response that the gateway's own endpoints give, errors included (docs/design.md section 7).
 *
 * @param code 0 for success, else the number of the {@link ErrorCode}
 * @param msg the message for the user, empty for success
 * @param data the result, {@code null} for an error
 */
public record Envelope<T>(int code, String msg, @Nullable T data) {

    /** Returns the envelope of a successful call. */
    public static <T> Envelope<T> of(T data) {
        return new Envelope<>(0, "", data);
    }

    static Envelope<Void> failure(ErrorCode code, String msg) {
        return new Envelope<>(code.code(), msg, null);
    }
}
