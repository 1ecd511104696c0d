package io.portcullis.core.session;

import static io.portcullis.core.mother.Sessions.aSession;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionTests {
    private static final Instant OPENED = Instant.parse("2026-11-23T12:00:00Z");
    private static final Instant EXPIRY = OPENED.plusSeconds(60);

    private static Session endedAt(@Nullable Instant at) {
        Session session = aSession("s1", "1", OPENED, EXPIRY);
        return new Session(
                session.id(),
                session.userId(),
                session.username(),
                session.userType(),
                session.tenantId(),
                session.roles(),
                session.client(),
                session.scopes(),
                session.createdAt(),
                session.lastSeenAt(),
                session.lastIp(),
                session.expiresAt(),
                at,
                at == null ? null : EndReason.LOGOUT,
                session.loginService());
    }

    @Test
    void liveWhenItsExpiryComesThenNoMore() {
        Session session = endedAt(null);

        assertThat(session.live(EXPIRY.minusMillis(1))).isTrue();
        assertThat(session.live(EXPIRY)).isFalse();
        assertThat(session.ended()).isFalse();
    }

    @Test
    void liveWhenEndedThenNoMore() {
        Session session = endedAt(OPENED);

        assertThat(session.live(OPENED)).isFalse();
        assertThat(session.ended()).isTrue();
    }
}
