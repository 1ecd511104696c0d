package io.portcullis.gateway;

import java.util.Set;

/**
 * What clients, administrators and time do to sessions: the steps of {@link SessionModelIT}. {@link SessionModel} returns the outcomes that
 * docs/design.md allows, {@link SessionCalls} the one that the gateway shows.
 *
 * <p>A session has the number that its login gives it. The pairs of a session are numbered in the order of their issue. A call that names a
 * session or a pair that does not exist does {@link #NOTHING}, so that steps can be left out of a sequence.
 */
interface SessionProtocol {
    String NOTHING = "nothing";
    String DONE = "done";
    String PASSES = "passes";
    /** The access token is refused, and the session may live. */
    String REFUSED = "refused";
    /** The access token is refused with a code that says that the session has ended. */
    String OVER = "over";

    /** A store did not answer in time: the call may have been done or not. */
    String UNAVAILABLE = "unavailable";

    String DISABLED = "account disabled";

    /** Which tokens of a pair a logout presents. */
    enum Presented {
        ACCESS,
        REFRESH,
        BOTH
    }

    /** Returns the number of pairs of a session that a client has received. */
    int pairs(int session);

    Set<String> login(int user, int session);

    /** Sends a request with the access token of a pair to a service. */
    Set<String> check(int session, int pair);

    /** Presents the refresh token of a pair. The outcome is such as {@code pair 3}, or a code. */
    Set<String> refresh(int session, int pair);

    Set<String> logout(int session, int pair, Presented presented);

    /** Logs out with the first access token of one session and the first refresh token of another. */
    Set<String> logoutOfTwo(int first, int second);

    /** Logs out with a genuine access token of the session that expired long ago. */
    Set<String> logoutWithExpired(int session);

    Set<String> logoutAll(int session, int pair);

    Set<String> changePassword(int session, int pair);

    Set<String> kick(int session);

    Set<String> kickUser(int user);

    Set<String> setEnabled(int user, boolean enabled);

    Set<String> resetPassword(int user);

    Set<String> pass(long seconds);

    /** Empties Redis. */
    Set<String> flush();
}
