package io.portcullis.core.mother;

import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.Session;
import java.time.Instant;
import java.util.Set;

/** Makes sessions. */
public final class Sessions {
    private Sessions() {}

    /** Returns a session of {@code alice_1} that has not ended. */
    public static Session aSession(String id, String userId, Instant createdAt, Instant expiresAt) {
        return new Session(
                id,
                userId,
                "alice_1",
                "member",
                null,
                Set.of("admin", "user"),
                new ClientInfo("192.0.2.1", "agent", "phone", null),
                Set.of(),
                createdAt,
                createdAt,
                "192.0.2.1",
                expiresAt,
                null,
                null,
                null);
    }
}
