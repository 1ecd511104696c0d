package io.portcullis.core.token.store;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Redis answered a write and refused it: it is out of memory, a replica, short of replicas, unable to save its data, or does not allow
 * its user the command. It may answer reads all the same. This is the cause of the {@code UNAVAILABLE} that {@link AccessTokenCache}
 * signals.
 */
public final class WriteRefusedException extends RuntimeException {
    private static final Pattern CODE = Pattern.compile("^[A-Z]+(?= |$)");

    /** @param answer the error that Redis answered */
    public WriteRefusedException(Throwable answer) {
        super(answer.getMessage(), answer, false, false);
    }

    /** The refused write that the failure goes back to; empty for any other failure. */
    public static Optional<WriteRefusedException> in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof WriteRefusedException refused) {
                return Optional.of(refused);
            }
        }
        return Optional.empty();
    }

    /** The first word of the error, which names its kind, such as {@code OOM} or {@code READONLY}; {@code ERR} without one. */
    public String code() {
        String message = getMessage();
        Matcher code = CODE.matcher(message == null ? "" : message);
        return code.find() ? code.group() : "ERR";
    }
}
