package io.portcullis.core.r2dbc;

import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.Session;
import java.time.Instant;
import java.util.Set;

/** Creates sessions for tests. */
final class TestSessions {
    private TestSessions() {}

    static Session of(String id, String userId, Instant createdAt, Instant expiresAt) {
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
                null);
    }
}
