package io.portcullis.gateway.problem;

import io.portcullis.core.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The form of every answer that the gateway gives itself, see docs/design.md section 7. */
public record Envelope<T>(int code, String msg, @Nullable T data) {

    /** The answer of a call that did what it was asked to do. */
    public static <T> Envelope<T> of(T data) {
        return new Envelope<>(0, "", data);
    }

    static Envelope<Void> failure(ErrorCode code, String msg) {
        return new Envelope<>(code.code(), msg, null);
    }
}
