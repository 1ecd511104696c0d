package io.portcullis.core.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts the token pair that replaced a refresh token (docs/design.md section 6). Within the grace window, a client that
 * presents the spent refresh token again receives the same successor pair. The encryption key is derived from the presented
 * token. The stores hold only its digest, so a stolen row does not yield the pair.
 *
 * <pre>
 * key    = HMAC-SHA256(presented token, "portcullis grace v1")
 * sealed = base64url( nonce 12 | AES-256-GCM(access | expiry | refresh | expiry) )
 * </pre>
 *
 * <p>Pure computation, safe to share between threads.
 */
public final class SuccessorSeal {
    private static final byte[] LABEL = "portcullis grace v1".getBytes(StandardCharsets.US_ASCII);
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;
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
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        byte[] plain = write(pair).getBytes(StandardCharsets.US_ASCII);
        try {
            byte[] encrypted =
                    cipher(Cipher.ENCRYPT_MODE, presentedRefreshToken, nonce).doFinal(plain);
            byte[] sealed = ByteBuffer.allocate(NONCE_LENGTH + encrypted.length)
                    .put(nonce)
                    .put(encrypted)
                    .array();
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(CIPHER + " is not available (expected: on every Java platform)", e);
        }
    }

    /** Decrypts the pair. Returns empty if {@code sealed} was made under another refresh token, was altered, or is malformed. */
    public Optional<TokenPair> open(String presentedRefreshToken, String sealed) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(sealed);
            if (bytes.length <= NONCE_LENGTH) {
                return Optional.empty();
            }
            byte[] plain = cipher(Cipher.DECRYPT_MODE, presentedRefreshToken, bytes)
                    .doFinal(bytes, NONCE_LENGTH, bytes.length - NONCE_LENGTH);
            return Optional.of(read(new String(plain, StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, String presentedRefreshToken, byte[] nonce) throws GeneralSecurityException {
        byte[] key = SigningKey.newMac(presentedRefreshToken.getBytes(StandardCharsets.UTF_8))
                .doFinal(LABEL);
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce, 0, NONCE_LENGTH));
        return cipher;
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
