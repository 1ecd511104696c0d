package io.portcullis.core.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.KeyId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenKeyReportTests {
    private static final KeyId A = KeyId.of("0000aa");
    private static final KeyId B = KeyId.of("0000bb");

    private static KeyNode node(Set<KeyId> verifies, Set<KeyId> dropped, Duration silence) {
        return new KeyNode("id", "name", B, verifies, Set.of(), dropped, silence, false);
    }

    private static StoredKey key(KeyId id, KeyState state) {
        return new StoredKey(id, state, "sealed", Instant.EPOCH, Instant.EPOCH);
    }

    private static TokenKeyReport report(StoredKey key, KeyNode... nodes) {
        return TokenKeyReport.of(Optional.empty(), List.of(key), List.of(nodes), Map.of(Optional.of(A), 3L));
    }

    @Test
    void isDoneWhenASilentNodeDoesNotRefuseADroppedKeyThenFalse() {
        KeyNode live = node(Set.of(B), Set.of(A), Duration.ZERO);
        KeyNode silent = node(Set.of(A, B), Set.of(), Duration.ofMinutes(1));

        assertThat(report(key(A, KeyState.DROPPED), live).isDone(A)).isTrue();
        assertThat(report(key(A, KeyState.DROPPED), live, silent).isDone(A)).isFalse();
        assertThat(report(key(A, KeyState.DROPPED), live, silent).isRefusedByLiveNodes(A))
                .isTrue();
    }

    @Test
    void isDoneWhenANewKeyIsPendingOrALiveNodeLacksItThenFalse() {
        KeyNode with = node(Set.of(A, B), Set.of(), Duration.ZERO);
        KeyNode without = node(Set.of(B), Set.of(), Duration.ZERO);

        assertThat(report(key(A, KeyState.ACTIVE), with).isDone(A)).isTrue();
        assertThat(report(key(A, KeyState.ACTIVE), with, without).isDone(A)).isFalse();
        assertThat(report(key(A, KeyState.PENDING), with).isDone(A)).isFalse();
    }

    @Test
    void ofWhenOnlySessionsHaveTheKeyThenMissing() {
        var report = TokenKeyReport.of(
                Optional.empty(),
                List.of(),
                List.of(node(Set.of(B), Set.of(), Duration.ZERO)),
                Map.of(Optional.of(A), 3L, Optional.empty(), 2L));

        assertThat(report.keys())
                .containsExactly(
                        new TokenKeyReport.Key(A, TokenKeyReport.Use.MISSING, false, null, 3),
                        new TokenKeyReport.Key(B, TokenKeyReport.Use.SIGNING, false, null, 0));
        assertThat(report.unknownSessions()).isEqualTo(2);
    }
}
