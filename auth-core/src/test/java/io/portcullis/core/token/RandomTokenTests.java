package io.portcullis.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.RandomTexts;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** What holds for each token and each text. */
class RandomTokenTests {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00.123Z");
    private static final SecureRandom SECURE = new SecureRandom();

    private final TokenCodec codec = new TokenCodec(
            KeyRing.of(List.of(KeyRing.newSecret(SECURE), KeyRing.newSecret(SECURE))),
            Clock.fixed(NOW, ZoneOffset.UTC),
            SECURE);
    private final String session = UUID.randomUUID().toString();
    private final Token access = codec.mintAccess(session, NOW.plusSeconds(60));
    private final Token refresh = codec.mintRefresh(session, 3, NOW.plusSeconds(60));
    private final Token ticket = codec.mintTicket(session, TicketPath.of("/ws"), NOW.plusSeconds(60));

    @RepeatedTest(200)
    void tokenWhenMintedThenItsTextSaysTheSame(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        Instant expiry = NOW.plus(Duration.ofMillis(1 + (random.nextLong() >>> 20)));
        int generation = random.nextInt(Integer.MAX_VALUE);

        Token token = codec.mintRefresh(id, generation, expiry);

        assertThat(codec.verify(TokenKind.REFRESH, token.value()))
                .isInstanceOfSatisfying(TokenVerification.Genuine.class, genuine -> {
                    assertThat(genuine.token()).isEqualTo(token);
                    assertThat(genuine.token().sessionId()).isEqualTo(id);
                    assertThat(genuine.token().generation()).isEqualTo(generation);
                    assertThat(genuine.token().expiresAt()).isEqualTo(expiry);
                });
    }

    /** Otherwise a revoked token would have a second text with another digest. */
    @Test
    void textWhenItIsNotThatOfATokenThenNotGenuine() {
        List<String> minted = List.of(access.value(), refresh.value(), ticket.value());

        RandomTexts.like(minted.toArray(String[]::new))
                .with("pca_", "pcr_", "pct_", "=", "A", "_", "-", "+", "/", "\n", "%5F", "\u0130", "\u017f")
                .check(text -> {
                    for (TokenKind kind : TokenKind.values()) {
                        boolean genuine = codec.verify(kind, text) instanceof TokenVerification.Genuine;
                        assertThat(genuine).isEqualTo(minted.contains(text) && text.startsWith(kind.prefix()));
                        assertThat(codec.verify(kind, text)).isNotInstanceOf(TokenVerification.Expired.class);
                    }
                });
    }

    /** The decoder of the JDK is the reference. It takes texts of each length, this one those of whole groups. */
    @Test
    void base64WhenTheJdkDecodesItThenTheSameBytes() {
        RandomTexts.like("AAAA", "pca_", "-_-_", access.value())
                .with("=", "==", "+", "/", " ", "\n")
                .check(text -> {
                    String whole = text.substring(0, text.length() / 4 * 4);

                    byte[] bytes = Base64Url.decode(whole, 0);

                    assertThat(bytes).isEqualTo(decodedByTheJdk(whole));
                });
    }

    private static byte @Nullable [] decodedByTheJdk(String text) {
        try {
            return text.contains("=") ? null : Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
