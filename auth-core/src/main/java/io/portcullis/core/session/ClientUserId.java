package io.portcullis.core.session;

/**
 * The user ids of sessions that an OAuth 2 client opened for itself: {@code client:} and the client's id. No account may have an id of
 * this form, so that a client is never taken for a user (RFC 9700 section 4.15).
 */
public final class ClientUserId {
    private static final String PREFIX = "client:";

    private ClientUserId() {}

    /** Returns the user id of a client. */
    public static String of(String clientId) {
        return PREFIX + clientId;
    }

    /** Returns whether a user id is that of a client. */
    public static boolean isClient(String userId) {
        return userId.startsWith(PREFIX);
    }
}
