package io.portcullis.gateway.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.event.SessionEvent;
import io.portcullis.core.identity.SecurityEvent;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaepEventsTests {
    private final CaepEvents events = new CaepEvents("portcullis", "receiver");

    private static SessionEvent event(String type, String reason, @Nullable String tenant) {
        return new SessionEvent(
                "id", type, reason, "s", "u", "alice", "user", tenant, "phone", "::1", Instant.ofEpochMilli(7_999));
    }

    @ParameterizedTest
    @CsvSource({
        "logout,              user",
        "kicked,              admin",
        "replaced,            policy",
        "replaced-in-browser, user",
        "reuse,               policy",
        "expired,             system",
        "account-disabled,    admin",
        "account-deleted,     admin",
        "roles-changed,       admin",
        "password-changed,",
        "of-a-later-release,"
    })
    void endWhenForThisReasonThenRevokedByThisEntity(String reason, @Nullable String initiator) {
        SecurityEvent revoked = events.of(event("session-ended", reason, null));

        assertThat(revoked.type()).isEqualTo("https://schemas.openid.net/secevent/caep/event-type/session-revoked");
        assertThat(revoked.payload())
                .containsEntry("reason_admin", Map.of("en", reason))
                .containsEntry("event_timestamp", 7L);
        assertThat(revoked.payload().get("initiating_entity")).isEqualTo(initiator);
    }

    @Test
    void openingWhenTheUserHasATenantThenItIsAPartOfTheSubject() {
        SecurityEvent established = events.of(event("session-opened", "login", "t1"));

        assertThat(established.type())
                .isEqualTo("https://schemas.openid.net/secevent/caep/event-type/session-established");
        assertThat(established.subject())
                .isEqualTo(Map.of(
                        "format", "complex",
                        "session", Map.of("format", "opaque", "id", "s"),
                        "user", Map.of("format", "iss_sub", "iss", "portcullis", "sub", "u"),
                        "tenant", Map.of("format", "opaque", "id", "t1")));
        assertThat(established.toString()).doesNotContain("alice", "phone", "::1");
    }

    @Test
    void eventWhenItsTypeIsOfALaterReleaseThenItWaits() {
        assertThatThrownBy(() -> events.of(event("session-moved", "moved", null)))
                .isInstanceOf(UnwritableEventException.class)
                .hasMessage("this release knows no event type of CAEP for session-moved");
    }
}
