package io.portcullis.core.error;

import java.util.regex.Pattern;
import reactor.core.Exceptions;

/** Describes failures for the log by their root causes, because the exception that wraps them only names the store. */
public final class RootCause {
    private static final int MAX_DEPTH = 20;
    private static final int MAX_LENGTH = 400;
    private static final Pattern PACKAGE = Pattern.compile("^(?:[a-z_][\\w]*\\.)+(?=[A-Z])");

    private RootCause() {}

    /** The innermost cause of the failure; of several failures that were collected into one, that of the first. */
    public static Throwable of(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            Throwable next = Exceptions.isMultiple(root)
                    ? Exceptions.unwrapMultiple(root).get(0)
                    : root.getCause();
            if (next == null || next == root) {
                return root;
            }
            root = next;
        }
        return root;
    }

    /**
     * The class and the message of the root cause on one line, such as {@code RedisCommandExecutionException: OOM command not allowed
     * when used memory > 'maxmemory'}
     */
    public static String describe(Throwable failure) {
        Throwable root = of(failure);
        String text = root instanceof PortcullisException own && own.code() == ErrorCode.UNAVAILABLE
                ? own.getMessage() + " cannot be used"
                : PACKAGE.matcher(root.toString()).replaceFirst("");
        String line = text.replaceAll("\\s+", " ").replaceFirst("[. ]+$", "");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }

    /** Whether the failure, or one that it wraps, is a store's: a stack trace would say nothing that the cause does not. */
    public static boolean isStoreFailure(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; depth < MAX_DEPTH && cause != null; depth++) {
            if (cause instanceof PortcullisException own && own.code() == ErrorCode.UNAVAILABLE) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** As {@link #describe}, after the name of the store if the failure is one of a store: the cause alone may not tell which. */
    public static String describeWithStore(Throwable failure) {
        boolean named = failure instanceof PortcullisException own
                && own.code() == ErrorCode.UNAVAILABLE
                && failure.getCause() != null;
        return named ? failure.getMessage() + ": " + describe(failure) : describe(failure);
    }
}
