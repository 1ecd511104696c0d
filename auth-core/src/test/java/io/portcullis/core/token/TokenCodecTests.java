package io.portcullis.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TokenCodecTests {
    private static final String SESSION = "0199a3f0-1c2d-7e4f-8a5b-6c7d8e9f0a1b";
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00.123Z");
    private static final Instant LATER = NOW.plus(Duration.ofMinutes(30));
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private final byte[] secret = KeyRing.newSecret(RANDOM);
    private final TokenCodec codec = codec(NOW, secret);

    private static TokenCodec codec(Instant now, byte[]... secrets) {
        return new TokenCodec(KeyRing.of(List.of(secrets)), Clock.fixed(now, ZoneOffset.UTC), RANDOM);
    }

    private Token mint(TokenKind kind) {
        return switch (kind) {
            case ACCESS -> codec.mintAccess(SESSION, LATER);
            case REFRESH -> codec.mintRefresh(SESSION, 7, LATER);
            case TICKET -> codec.mintTicket(SESSION, TicketPath.of("/ws"), LATER);
        };
    }

    private static int lengthOf(TokenKind kind) {
        return switch (kind) {
            case ACCESS -> 84;
            case REFRESH -> 88;
            case TICKET -> 104;
        };
    }

    private static boolean refused(TokenCodec codec, TokenKind kind, String text) {
        var verification = codec.verify(kind, text);
        return verification instanceof TokenVerification.Refused
                || verification instanceof TokenVerification.UnknownKey;
    }

    @Test
    void verifyWhenTheFormOfAnImportedTokenThenOnlyWhileTheyAreAccepted() {
        String text = "0123456789abcdef0123456789abcdef";
        TokenCodec accepting = imported(NOW.plusMillis(1));

        assertThat(accepting.verify(TokenKind.ACCESS, text))
                .isInstanceOfSatisfying(TokenVerification.Imported.class, imported -> {
                    assertThat(imported.claimed().digest()).isEqualTo(TokenDigest.of(text));
                    assertThat(imported.claimed().sessionId()).isNull();
                    assertThat(imported.claimed().generation()).isZero();
                    assertThat(imported).asString().doesNotContain(text);
                });
        assertThat(accepting.verify(TokenKind.REFRESH, text)).isInstanceOf(TokenVerification.Imported.class);
        assertThat(refused(accepting, TokenKind.TICKET, text)).isTrue();
        for (String other :
                List.of(text.toUpperCase(Locale.ROOT), text + "0", text.substring(1), text.replace('0', '-'))) {
            assertThat(refused(accepting, TokenKind.ACCESS, other)).as(other).isTrue();
        }
        assertThat(refused(imported(NOW), TokenKind.ACCESS, text))
                .as("at the end")
                .isTrue();
        assertThat(refused(codec, TokenKind.ACCESS, text)).as("off").isTrue();
        assertThat(codec.knowsImported()).isFalse();
    }

    private TokenCodec imported(Instant until) {
        return new TokenCodec(
                LiveKeyRing.fixed(KeyRing.of(List.of(secret))), Clock.fixed(NOW, ZoneOffset.UTC), RANDOM, until);
    }

    @ParameterizedTest
    @EnumSource
    void verifyWhenMintedHereThenTheSameToken(TokenKind kind) {
        Token token = mint(kind);

        assertThat(token.value()).startsWith(kind.prefix()).hasSize(lengthOf(kind));
        assertThat(token.digest()).matches("[0-9a-f]{64}");
        assertThat(codec.verify(kind, token.value())).isEqualTo(new TokenVerification.Genuine(token));
    }

    @ParameterizedTest
    @EnumSource
    void sessionIdWhenMintedThenTheTextTellsIt(TokenKind kind) {
        Token token = mint(kind);

        assertThat(token.sessionId()).isEqualTo(SESSION);
        assertThat(token.generation()).isEqualTo(kind == TokenKind.REFRESH ? 7 : 0);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TICKET")
    void verifyWhenOfTheFirstFormatThenGenuineAndNamesNoSession(TokenKind kind) {
        String text = FirstFormat.mint(secret, kind, LATER);

        var verification = codec.verify(kind, text);

        assertThat(text).hasSize(64);
        assertThat(verification).isInstanceOf(TokenVerification.Genuine.class);
        Token token = ((TokenVerification.Genuine) verification).token();
        assertThat(token.expiresAt()).isEqualTo(LATER);
        assertThat(token.sessionId()).isNull();
        assertThat(token.generation()).isZero();
        assertThat(refused(codec, kind, text.substring(0, 60) + "AAAA")).isTrue();
    }

    @Test
    void verifyWhenTheKeyIsUnknownThenItSaysSoAndHidesTheText() {
        String text = mint(TokenKind.ACCESS).value();

        var verification = codec(NOW, KeyRing.newSecret(RANDOM)).verify(TokenKind.ACCESS, text);

        assertThat(verification)
                .isEqualTo(new TokenVerification.UnknownKey(
                        TokenKind.ACCESS, text, TokenVerification.UnknownKey.Standing.UNKNOWN));
        assertThat(((TokenVerification.UnknownKey) verification).claimed()).isEqualTo(mintedAs(text));
        assertThat(verification.toString()).doesNotContain(text.substring(4, 20));
    }

    private Token mintedAs(String text) {
        return ((TokenVerification.Genuine) codec.verify(TokenKind.ACCESS, text)).token();
    }

    static Stream<String> otherThanUuids() {
        return Stream.of("", "s-1", SESSION.toUpperCase(Locale.ROOT), "1-1-1-1-1");
    }

    @ParameterizedTest
    @MethodSource("otherThanUuids")
    void mintWhenTheSessionIsNoUuidThenRefused(String id) {
        assertThatThrownBy(() -> codec.mintAccess(id, LATER)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void mintWhenFinerThanMillisecondsThenCut() {
        assertThat(codec.mintAccess(SESSION, LATER.plusNanos(999)).expiresAt()).isEqualTo(LATER);
    }

    @Test
    void mintWhenRepeatedThenDistinct() {
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(i -> codec.mintAccess(SESSION, LATER).value()))
                .doesNotHaveDuplicates();
    }

    /** ASVS 5.0, 7.2.3 (docs/security.md): a bit that is the same in 200 tokens is not random. */
    @ParameterizedTest
    @EnumSource
    void mintWhenRepeatedThenAtLeast128BitsDiffer(TokenKind kind) {
        byte[] first = body(mint(kind));
        byte[] differing = new byte[first.length - 16];
        for (int token = 0; token < 200; token++) {
            byte[] next = body(mint(kind));
            for (int i = 0; i < differing.length; i++) {
                differing[i] |= (byte) (first[i] ^ next[i]);
            }
        }

        assertThat(BitSet.valueOf(differing).cardinality())
                .as("bits in front of the HMAC")
                .isGreaterThanOrEqualTo(128);
    }

    private static byte[] body(Token token) {
        return Base64.getUrlDecoder().decode(token.value().substring(4));
    }

    @ParameterizedTest
    @EnumSource
    void verifyWhenAnyBitIsFlippedThenRefused(TokenKind kind) {
        byte[] body = Base64.getUrlDecoder().decode(mint(kind).value().substring(4));

        for (int bit = 0; bit < body.length * 8; bit++) {
            byte[] flipped = body.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(refused(
                            codec, kind, kind.prefix() + Base64.getUrlEncoder().encodeToString(flipped)))
                    .as("bit %d", bit)
                    .isTrue();
        }
    }

    @Test
    void verifyWhenAnyCharacterIsAnotherThenRefused() {
        String text = codec.mintAccess(SESSION, LATER).value();
        String others = ALPHABET + "+/=. \n\0\u00e9\uff21";

        for (int i = 0; i < text.length(); i++) {
            for (int j = 0; j < others.length(); j++) {
                char other = others.charAt(j);
                if (other != text.charAt(i)) {
                    String altered = text.substring(0, i) + other + text.substring(i + 1);
                    assertThat(refused(codec, TokenKind.ACCESS, altered))
                            .as("%d to %s", i, other)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void verifyWhenOfTheOtherKindThenRefused() {
        String access = codec.mintAccess(SESSION, LATER).value();
        String refresh = codec.mintRefresh(SESSION, 1, LATER).value();
        String ticket = codec.mintTicket(SESSION, TicketPath.ANY, LATER).value();

        assertThat(refused(codec, TokenKind.ACCESS, ticket)).isTrue();
        assertThat(refused(codec, TokenKind.REFRESH, ticket)).isTrue();
        assertThat(refused(codec, TokenKind.TICKET, access)).isTrue();
        assertThat(refused(codec, TokenKind.TICKET, refresh)).isTrue();
        assertThat(refused(codec, TokenKind.TICKET, FirstFormat.mint(secret, TokenKind.TICKET, LATER)))
                .isTrue();
        assertThat(refused(codec, TokenKind.REFRESH, access)).isTrue();
        assertThat(refused(codec, TokenKind.ACCESS, refresh)).isTrue();
        assertThat(refused(codec, TokenKind.ACCESS, "pca_" + refresh.substring(4)))
                .isTrue();
        assertThat(refused(codec, TokenKind.REFRESH, "pcr_" + access.substring(4)))
                .isTrue();
    }

    @Test
    void verifyWhenTheTimeHasComeThenExpired() {
        Token token = codec.mintAccess(SESSION, LATER);

        assertThat(codec(LATER.minusMillis(1), secret).verify(TokenKind.ACCESS, token.value()))
                .isEqualTo(new TokenVerification.Genuine(token));
        assertThat(codec(LATER, secret).verify(TokenKind.ACCESS, token.value()))
                .isEqualTo(new TokenVerification.Expired(token));
    }

    @Test
    void verifyWhenKeysAreRotatedThenOldTokensPassUntilTheKeyIsDropped() {
        byte[] newer = KeyRing.newSecret(RANDOM);
        String old = codec.mintAccess(SESSION, LATER).value();
        TokenCodec both = codec(NOW, newer, secret);

        assertThat(both.verify(TokenKind.ACCESS, old)).isInstanceOf(TokenVerification.Genuine.class);
        String fresh = both.mintAccess(SESSION, LATER).value();
        assertThat(codec(NOW, newer).verify(TokenKind.ACCESS, fresh)).isInstanceOf(TokenVerification.Genuine.class);
        assertThat(refused(codec(NOW, newer), TokenKind.ACCESS, old)).isTrue();
        assertThat(refused(codec, TokenKind.ACCESS, fresh)).isTrue();
    }

    @Test
    void verifyWhenGarbageThenRefused() {
        String valid = codec.mintAccess(SESSION, LATER).value();
        List<String> garbage = List.of(
                "",
                "pca_",
                valid + "A",
                valid + "=",
                valid.substring(1),
                valid.substring(0, 83),
                " " + valid,
                valid + " ",
                "PCA_" + valid.substring(4),
                "pca_" + "A".repeat(60),
                "pca_" + "A".repeat(80),
                "pca_" + "\u20ac".repeat(80),
                "x".repeat(8192),
                "pca_" + "A".repeat(8188));

        assertThat(garbage).allMatch(text -> refused(codec, TokenKind.ACCESS, text));
    }

    @Test
    void kindOfWhenPrefixIsKnownThenKind() {
        assertThat(codec.kindOf("pcr_x")).contains(TokenKind.REFRESH);
        assertThat(codec.kindOf("pca_x")).contains(TokenKind.ACCESS);
        assertThat(codec.kindOf("pc")).isEmpty();
        assertThat(codec.kindOf("pct_x")).as("no token of a session").isEmpty();
    }

    @Test
    void isGoodForWhenBoundThenThatPathAlone() {
        Token bound = codec.mintTicket(SESSION, TicketPath.of("/ws/chat"), LATER);
        Token unbound = codec.mintTicket(SESSION, TicketPath.ANY, LATER);

        assertThat(bound.isGoodFor(TicketPath.of("/ws/chat"))).isTrue();
        assertThat(bound.isGoodFor(TicketPath.of("/ws/chat/"))).isFalse();
        assertThat(bound.isGoodFor(TicketPath.ANY)).isFalse();
        assertThat(unbound.isGoodFor(TicketPath.of("/ws/chat"))).isTrue();
        assertThatThrownBy(() -> codec.mintAccess(SESSION, LATER).isGoodFor(TicketPath.ANY))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void toStringWhenTokenThenNoSecret() {
        Token token = codec.mintAccess(SESSION, LATER);

        assertThat(token.toString()).doesNotContain(token.value().substring(4, 20));
    }
}
