package io.portcullis.core.token;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;

/**
 * Encrypts the token pair that replaced a refresh token (docs/design.md section 6). Within the grace window, a client that
 * presents the spent refresh token again receives the same successor pair. The encryption key is derived from the presented
 * token. The stores hold only its digest, so a stolen row does not yield the pair.
 *
 * <pre>
 * key    = HMAC-SHA256(presented token, "portcullis grace v1")
 * sealed = {@link SealedText} of (access | expiry | refresh | expiry)
 * </pre>
 *
 * <p>Pure computation, safe to share between threads.
 */
public final class SuccessorSeal {
    private static final byte[] LABEL = "portcullis grace v1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_CONTEXT = {};
    private static final String SEPARATOR = " ";

    private final SecureRandom random;

    public SuccessorSeal(SecureRandom random) {
        this.random = random;
    }

    /**
     * Encrypts the pair under a key derived from {@code presentedRefreshToken}. Returns base64url text of less than 400
     * characters.
     */
    public String seal(String presentedRefreshToken, TokenPair pair) {
        return SealedText.seal(
                key(presentedRefreshToken), NO_CONTEXT, write(pair).getBytes(StandardCharsets.US_ASCII), random);
    }

    /** Decrypts the pair. Returns empty if {@code sealed} was made under another refresh token, was altered, or is malformed. */
    public Optional<TokenPair> open(String presentedRefreshToken, String sealed) {
        byte[] plain = SealedText.open(key(presentedRefreshToken), NO_CONTEXT, sealed);
        try {
            return Optional.ofNullable(plain).map(bytes -> read(new String(bytes, StandardCharsets.US_ASCII)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] key(String presentedRefreshToken) {
        return SigningKey.newMac(presentedRefreshToken.getBytes(StandardCharsets.UTF_8))
                .doFinal(LABEL);
    }

    private static String write(TokenPair pair) {
        return String.join(
                SEPARATOR,
                pair.access().value(),
                Long.toString(pair.access().expiresAt().toEpochMilli()),
                pair.refresh().value(),
                Long.toString(pair.refresh().expiresAt().toEpochMilli()));
    }

    private static TokenPair read(String plain) {
        String[] fields = plain.split(SEPARATOR, -1);
        if (fields.length != 4) {
            throw new IllegalArgumentException("fields: " + fields.length + " (expected: 4)");
        }
        return new TokenPair(
                token(TokenKind.ACCESS, fields[0], fields[1]), token(TokenKind.REFRESH, fields[2], fields[3]));
    }

    private static Token token(TokenKind kind, String value, String expiry) {
        return new Token(kind, value, TokenDigest.of(value), Instant.ofEpochMilli(Long.parseLong(expiry)));
    }
}
