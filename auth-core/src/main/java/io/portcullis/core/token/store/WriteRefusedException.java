package io.portcullis.core.token.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Signals that Redis answered a write with an error: Redis is out of memory, read-only, short of replicas or unable to save its
 * data, or the user lacks the permission. Redis may still answer reads. This exception is the cause of the {@code UNAVAILABLE}
 * that {@link AccessTokenCache} signals.
 */
public final class WriteRefusedException extends RuntimeException {
    private static final Pattern CODE = Pattern.compile("^[A-Z]+(?= |$)");

    /** @param redisError the error reply of Redis */
    public WriteRefusedException(Throwable redisError) {
        super(redisError.getMessage(), redisError, false, false);
    }

    /**
     * Returns the error code with which the reply of Redis begins, such as {@code OOM} or {@code READONLY}; {@code ERR} without
     * one.
     */
    public String code() {
        String message = getMessage();
        Matcher code = CODE.matcher(message == null ? "" : message);
        return code.find() ? code.group() : "ERR";
    }
}
