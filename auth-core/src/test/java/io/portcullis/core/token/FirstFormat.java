package io.portcullis.core.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Mints tokens of the first format: {@code key id 3 | expiry 6 | random 20 | HMAC 16}. */
public final class FirstFormat {
    private static final SecureRandom RANDOM = new SecureRandom();

    private FirstFormat() {}

    public static String mint(byte[] secret, TokenKind kind, Instant expiresAt) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update("portcullis key id".getBytes(StandardCharsets.US_ASCII));
            byte[] random = new byte[20];
            RANDOM.nextBytes(random);
            byte[] signed = ByteBuffer.allocate(29)
                    .put(sha256.digest(secret), 0, 3)
                    .putShort((short) (expiresAt.toEpochMilli() >> 32))
                    .putInt((int) expiresAt.toEpochMilli())
                    .put(random)
                    .array();
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(kind.prefix().getBytes(StandardCharsets.US_ASCII));
            byte[] body = ByteBuffer.allocate(45)
                    .put(signed)
                    .put(mac.doFinal(signed), 0, 16)
                    .array();
            return kind.prefix() + Base64.getUrlEncoder().encodeToString(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String digest(String token) {
        return TokenDigest.of(token);
    }
}
