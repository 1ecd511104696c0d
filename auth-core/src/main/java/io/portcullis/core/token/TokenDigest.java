package io.portcullis.core.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Computes the digest of a token or another long random secret: SHA-256 in lower-case hexadecimal. The stores hold digests, never
 * tokens (docs/design.md section 4).
 */
public final class TokenDigest {
    // Cached per thread: the provider look-up takes a lock and may read files.
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(TokenDigest::newSha256);

    private TokenDigest() {}

    /** Returns the digest of a text. */
    public static String of(String tokenValue) {
        return HexFormat.of().formatHex(sha256(tokenValue));
    }

    /** Returns the SHA-256 of a text, 32 bytes. */
    static byte[] sha256(String text) {
        return SHA_256.get().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available (expected: on every Java platform)", e);
        }
    }
}
