package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.TokenGrant;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityCodecTests {
    private static final Identity ALICE = new Identity("42", "alice", "member", "t1", Set.of("user", "admin"), "9f");

    private static final Identity OF_CLIENT =
            ALICE.with(new TokenGrant("app", Set.of("read"), Instant.ofEpochMilli(1000), Instant.ofEpochMilli(2000)));

    static Stream<Identity> identities() {
        return Stream.of(
                ALICE,
                OF_CLIENT,
                ALICE.with(new TokenGrant("\\\u001f", Set.of("a", "b", "c"), null, null)),
                new Identity("42", "alice", "member", null, Set.of(), "9f"),
                new Identity(
                        "\u00fc",
                        "\u6f22\u5b57 \ud83d\ude00",
                        "m\u00e9mbre",
                        "\u0442",
                        Set.of("\u0440\u043e\u043b\u044c"),
                        "9f"),
                new Identity(
                        "\\", "\\s", "\u001f", "\\\u001f\\", Set.of("\u001fadmin", "\\\\s", "user\\"), "\u001f\u001f"),
                new Identity("", "", "", null, Set.of(""), ""),
                new Identity(
                        "42",
                        "alice",
                        "member",
                        "t1",
                        IntStream.range(0, 500).mapToObj(i -> "role" + i).collect(Collectors.toSet()),
                        "9f"));
    }

    @ParameterizedTest
    @MethodSource("identities")
    void readWhenIdentityWrittenThenEqual(Identity identity) {
        assertThat(IdentityCodec.read(IdentityCodec.write(identity, IdentityFormat.COMPATIBLE)))
                .contains(new AccessTokenEntry.Live(identity));
    }

    @ParameterizedTest
    @MethodSource("io.portcullis.core.token.store.AccessTokenCacheContract#reasons")
    void readWhenReasonWrittenThenTombstone(RevocationReason reason) {
        assertThat(IdentityCodec.read(IdentityCodec.write(reason))).contains(new AccessTokenEntry.Tombstone(reason));
    }

    /** Pins the format: nodes of other releases read the values that this release writes. */
    @Test
    void readWhenTextIsOfVersionOneThenLive() {
        assertThat(IdentityCodec.read(fields("1|L|42|alice|member|t1|9f|admin|user")))
                .contains(new AccessTokenEntry.Live(ALICE));
    }

    /** Pins the second version. */
    @Test
    void readWhenTextIsOfVersionTwoThenLiveWithItsGrant() {
        assertThat(IdentityCodec.read(fields("2|L|42|alice|member|t1|9f|app|read|1000|2000|admin|user")))
                .contains(new AccessTokenEntry.Live(OF_CLIENT));
        assertThat(IdentityCodec.read(fields("2|L|42|alice|member|t1|9f||||2000|admin|user")))
                .contains(new AccessTokenEntry.Live(
                        ALICE.with(new TokenGrant(null, Set.of(), null, Instant.ofEpochMilli(2000)))));
    }

    /** Nodes of the release before this one read version 1 alone, and have no sessions of clients. */
    @ParameterizedTest
    @EnumSource
    void writeWhenSessionHasAClientThenTextOfVersionTwo(IdentityFormat format) {
        assertThat(IdentityCodec.write(OF_CLIENT, format))
                .startsWith(fields("2|L|42|alice|member|t1|9f|app|read|1000|2000|"));
    }

    @Test
    void writeWhenSessionHasNoClientThenTextOfTheSelectedVersion() {
        Identity timed = ALICE.with(new TokenGrant(null, Set.of(), Instant.EPOCH, Instant.ofEpochMilli(2000)));

        assertThat(IdentityCodec.write(timed, IdentityFormat.COMPATIBLE))
                .startsWith(fields("1|L|42|alice|member|t1|9f|"));
        assertThat(IdentityCodec.write(timed, IdentityFormat.EXTENDED))
                .startsWith(fields("2|L|42|alice|member|t1|9f|||0|2000|"));
    }

    @Test
    void writeWhenReasonThenTextOfVersionOne() {
        assertThat(IdentityCodec.write(RevocationReason.of(EndReason.LOGOUT))).isEqualTo(fields("1|T|LOGOUT"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0|T|LOGOUT",
                "2|L|42|alice|member|t1|9f",
                "2|L|42|alice|member|t1|9f|app|read|1",
                "2|L|42|alice|member|t1|9f|app|read|1|tomorrow",
                "2|L|42|alice|member|t1|9f|app|read read|1|2",
                "3|L|42|alice|member|t1|9f",
                "2|T|LOGOUT",
                "11|T|LOGOUT",
                " 1|T|LOGOUT",
                "|T|LOGOUT"
            })
    void readWhenVersionIsUnknownThenUnreadable(String text) {
        assertThat(IdentityCodec.read(fields(text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1|", "1|L", "1|T", "1|L|42", "1|L|42|alice|member", "1|L|42|alice|member|t1"})
    void readWhenTruncatedThenUnreadable(String text) {
        assertThat(IdentityCodec.read(fields(text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "{\"userId\":42}",
                "\u0000\ufffd\ufffd",
                "||||||||",
                "1||LOGOUT",
                "1|X|a|b|c|d|e|f",
                "1|l|42|a|m|t|s"
            })
    void readWhenGarbageThenUnreadable(String text) {
        assertThat(IdentityCodec.read(fields(text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1|T|QUANTUM", "1|T|logout", "1|T|", "1|T|QUANTUM|detail"})
    void readWhenReasonIsUnknownThenLogout(String text) {
        assertThat(IdentityCodec.read(fields(text)))
                .contains(new AccessTokenEntry.Tombstone(RevocationReason.of(EndReason.LOGOUT)));
    }

    private static String fields(String text) {
        return text.replace('|', '\u001f');
    }
}
