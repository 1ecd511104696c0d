package io.portcullis.core.error;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import reactor.core.Exceptions;

/**
 * Describes failures for the log by their root cause, because the wrapping {@link PortcullisException} contains only
 * the name of the store.
 */
public final class RootCause {
    private static final int MAX_DEPTH = 20;
    private static final int MAX_LENGTH = 400;
    private static final Pattern PACKAGE = Pattern.compile("^(?:[a-z_][\\w]*\\.)+(?=[A-Z])");

    private RootCause() {}

    /** Returns the innermost cause of the failure. Of a composite failure it follows the first. */
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

    /** Returns the failure, its cause, the cause of that, and so on: at most 20, since causes can form a circle. */
    public static Stream<Throwable> chain(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(MAX_DEPTH);
    }

    /** Returns the first failure of a type in the {@link #chain} of a failure; empty if there is none. */
    public static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        return chain(failure).filter(type::isInstance).map(type::cast).findFirst();
    }

    /**
     * Returns the class and message of the root cause on one line of at most 400 characters, for example {@code
     * RedisCommandExecutionException: OOM command not allowed when used memory > 'maxmemory'}.
     */
    public static String describe(Throwable failure) {
        Throwable root = of(failure);
        String text = root instanceof PortcullisException own && own.code() == ErrorCode.UNAVAILABLE
                ? own.getMessage() + " cannot be used"
                : PACKAGE.matcher(root.toString()).replaceFirst("");
        String line = text.replaceAll("\\s+", " ").replaceFirst("[. ]+$", "");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }

    /**
     * Returns whether the failure is, or wraps, an {@code UNAVAILABLE} of a store. A caller then logs no stack trace,
     * because it would add nothing to the root cause.
     */
    public static boolean isStoreFailure(Throwable failure) {
        return chain(failure)
                .anyMatch(cause -> cause instanceof PortcullisException own && own.code() == ErrorCode.UNAVAILABLE);
    }

    /**
     * Describes the failure as {@link #describe} does, and prefixes the name of the store if a store failed, because
     * the root cause may not contain the name.
     */
    public static String describeWithStore(Throwable failure) {
        boolean named = failure instanceof PortcullisException own
                && own.code() == ErrorCode.UNAVAILABLE
                && failure.getCause() != null;
        return named ? failure.getMessage() + ": " + describe(failure) : describe(failure);
    }
}
