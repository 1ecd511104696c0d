package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.TokenGrant;
import io.portcullis.testbed.RandomTexts;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds for each identity and each value in Redis. */
class RandomIdentityTests {
    private static final Identity ALICE = new Identity("42", "alice", "member", "t1", Set.of("user"), "9f");

    /** No name, however it is composed, can forge a field. */
    @Test
    void identityWhenWrittenThenReadAsItWas() {
        RandomTexts.like("alice", "\u001f", "\\s", "\\", "\\\\s", "1\u001fT\u001fLOGOUT")
                .check(text -> {
                    Identity named = new Identity(
                            text, "a" + text, text + "b", text.isEmpty() ? null : text, Set.of(text), text);
                    Identity granted = named.with(new TokenGrant(
                            text.isEmpty() ? null : text,
                            Set.of("read"),
                            Instant.ofEpochMilli(1),
                            Instant.ofEpochMilli(2)));

                    for (Identity identity : Set.of(named, granted)) {
                        for (IdentityFormat format : IdentityFormat.values()) {
                            AccessTokenEntry read = IdentityCodec.read(IdentityCodec.write(identity, format))
                                    .orElseThrow();

                            assertThat(((AccessTokenEntry.Live) read).identity())
                                    .isEqualTo(identity);
                        }
                    }
                });
    }

    /** A value that another program has damaged is absent, or says what it says; it fails no check. */
    @Test
    void valueWhenItIsAnythingThenReadOrAbsent() {
        RandomTexts.like(
                        IdentityCodec.write(ALICE, IdentityFormat.COMPATIBLE),
                        IdentityCodec.write(ALICE, IdentityFormat.EXTENDED),
                        "1\u001fT\u001fLOGOUT")
                .with("\u001f", "\\", "\\s", "1", "2", "L", "T", "-", "9999999999999999999")
                .check(text -> assertThat(IdentityCodec.read(text)).isNotNull());
    }
}
