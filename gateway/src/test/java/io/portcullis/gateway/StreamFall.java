package io.portcullis.gateway;

import java.util.stream.Stream;

/** A way in which the streams of a {@link StreamGroup} end. */
enum StreamFall {
    /** The clients close their connections, those of WebSockets with a close frame. */
    CLOSE_BY_CLIENT,
    /** The clients reset their connections, as the kernel does for a process that was killed. */
    RESET_BY_CLIENT,
    CLOSE_BY_SERVICE,
    LOGOUT,
    /** The streams belong to many sessions of one user, who is kicked. */
    KICK,
    EXPIRY,
    /** The clients stop reading, until the gateway's write timeout resets their connections. */
    STALL,
    /** The clients stop reading, and their session is logged out. */
    LOGOUT_OF_STALLED;

    private static final int KICKED_SESSIONS = 8;
    private static final int OTHERS_FOR_EACH_STALLED = 4;

    /** Returns the number of sessions that the streams of a group belong to. */
    int sessions() {
        return this == KICK ? KICKED_SESSIONS : 1;
    }

    /** Returns the share of this way in so many streams. A stream that stalls holds much more memory than another, so few do. */
    int share(int streams) {
        int weights = Stream.of(values()).mapToInt(StreamFall::weight).sum();
        return Math.max(1, streams * weight() / weights);
    }

    private int weight() {
        return stalls() ? 1 : OTHERS_FOR_EACH_STALLED;
    }

    /** Returns whether the clients stop reading. */
    boolean stalls() {
        return this == STALL || this == LOGOUT_OF_STALLED;
    }
}
