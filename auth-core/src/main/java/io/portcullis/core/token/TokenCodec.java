package io.portcullis.core.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Mints tokens, and tells from the text alone whether it minted them (design section 3).
 *
 * <pre>
 * prefix | base64url( key id 3 | expiry in epoch ms 6 | random 20 | HMAC-SHA256 16 )
 *   4    |   60 characters of 45 bytes
 * </pre>
 *
 * <p>The HMAC covers the prefix and all before it, so that one kind never passes for the other. 45 bytes fill 60 characters
 * to the last bit: no two texts decode to the same bytes, and every altered character is refused.
 *
 * <p>Pure computation, safe to share between threads.
 */
public final class TokenCodec {
    private static final int EXPIRY_LENGTH = 6;
    private static final int RANDOM_LENGTH = 20;
    private static final int MAC_LENGTH = 16;
    private static final int SIGNED_LENGTH = SigningKey.ID_LENGTH + EXPIRY_LENGTH + RANDOM_LENGTH;
    private static final int BODY_LENGTH = SIGNED_LENGTH + MAC_LENGTH;
    private static final int PREFIX_LENGTH = 4;
    private static final int TEXT_LENGTH = PREFIX_LENGTH + BODY_LENGTH / 3 * 4;
    private static final long MAX_EXPIRY = (1L << (8 * EXPIRY_LENGTH)) - 1;

    private static final TokenVerification REFUSED = new TokenVerification.Refused();
    private static final byte[] ACCESS_PREFIX = TokenKind.ACCESS.prefix().getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REFRESH_PREFIX = TokenKind.REFRESH.prefix().getBytes(StandardCharsets.US_ASCII);

    private final KeyRing keys;
    private final Clock clock;
    private final SecureRandom random;

    public TokenCodec(KeyRing keys, Clock clock, SecureRandom random) {
        this.keys = keys;
        this.clock = clock;
        this.random = random;
    }

    /**
     * A new token.
     *
     * @param expiresAt cut to the millisecond; before the year 10889
     */
    public Token mint(TokenKind kind, Instant expiresAt) {
        long expiry = expiresAt.toEpochMilli();
        if (expiry < 0 || expiry > MAX_EXPIRY) {
            throw new IllegalArgumentException("expiresAt: " + expiresAt + " (expected: 1970 to 10889)");
        }
        SigningKey key = keys.signer();
        byte[] nonce = new byte[RANDOM_LENGTH];
        random.nextBytes(nonce);
        ByteBuffer body = ByteBuffer.allocate(BODY_LENGTH)
                .put((byte) (key.id() >> 16))
                .putShort((short) key.id())
                .putShort((short) (expiry >> 32))
                .putInt((int) expiry)
                .put(nonce);
        byte[] mac = key.sign(prefixOf(kind), body.array(), SIGNED_LENGTH);
        body.put(mac, 0, MAC_LENGTH);
        String value = kind.prefix() + Base64.getUrlEncoder().withoutPadding().encodeToString(body.array());
        return token(kind, value, expiry);
    }

    /** Whether {@code text} is a token of that kind that was minted under a key of the ring. Asks no store, never throws. */
    public TokenVerification verify(TokenKind kind, String text) {
        if (text.length() != TEXT_LENGTH || !text.startsWith(kind.prefix())) {
            return REFUSED;
        }
        byte[] body = Base64Url.decode(text, PREFIX_LENGTH);
        if (body == null || !genuine(kind, body)) {
            return REFUSED;
        }
        long expiry = readExpiry(body);
        Token token = token(kind, text, expiry);
        return clock.millis() < expiry ? new TokenVerification.Genuine(token) : new TokenVerification.Expired(token);
    }

    /** What kind of token the text claims to be; empty when its prefix is none of ours. It may still be refused. */
    public Optional<TokenKind> kindOf(String text) {
        for (TokenKind kind : TokenKind.values()) {
            if (text.startsWith(kind.prefix())) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private boolean genuine(TokenKind kind, byte[] body) {
        @Nullable SigningKey key = keys.find(SigningKey.readId(body, 0));
        if (key == null) {
            return false;
        }
        byte[] expected = key.sign(prefixOf(kind), body, SIGNED_LENGTH);
        // Constant time: the answer must not tell how many leading bytes of a forgery were right.
        int difference = 0;
        for (int i = 0; i < MAC_LENGTH; i++) {
            difference |= expected[i] ^ body[SIGNED_LENGTH + i];
        }
        return difference == 0;
    }

    private static long readExpiry(byte[] body) {
        long expiry = 0;
        for (int i = SigningKey.ID_LENGTH; i < SigningKey.ID_LENGTH + EXPIRY_LENGTH; i++) {
            expiry = (expiry << 8) | (body[i] & 0xff);
        }
        return expiry;
    }

    private static Token token(TokenKind kind, String value, long expiry) {
        return new Token(kind, value, TokenDigest.of(value), Instant.ofEpochMilli(expiry));
    }

    private static byte[] prefixOf(TokenKind kind) {
        return switch (kind) {
            case ACCESS -> ACCESS_PREFIX;
            case REFRESH -> REFRESH_PREFIX;
        };
    }
}
