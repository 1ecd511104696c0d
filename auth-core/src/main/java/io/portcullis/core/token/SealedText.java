package io.portcullis.core.token;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts bytes as text for a store:
 *
 * <pre>
 * sealed = base64url( nonce 12 | AES-256-GCM(bytes) )
 * </pre>
 *
 * <p>Pure computation, safe to share between threads.
 */
public final class SealedText {
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;

    private SealedText() {}

    /**
     * Encrypts bytes. Returns base64url text.
     *
     * @param key 32 bytes
     * @param context the additional data, which {@link #open} must get as well; may be empty
     */
    public static String seal(byte[] key, byte[] context, byte[] plain, SecureRandom random) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        try {
            byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, key, context, nonce).doFinal(plain);
            byte[] sealed = ByteBuffer.allocate(NONCE_LENGTH + encrypted.length)
                    .put(nonce)
                    .put(encrypted)
                    .array();
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(CIPHER + " is not available (expected: on every Java platform)", e);
        }
    }

    /** Decrypts the bytes. Returns null if the text was made under another key or context, was altered, or is malformed. */
    public static byte @Nullable [] open(byte[] key, byte[] context, String sealed) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(sealed);
            return bytes.length <= NONCE_LENGTH
                    ? null
                    : cipher(Cipher.DECRYPT_MODE, key, context, bytes)
                            .doFinal(bytes, NONCE_LENGTH, bytes.length - NONCE_LENGTH);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    /** @param nonce begins with the nonce */
    private static Cipher cipher(int mode, byte[] key, byte[] context, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce, 0, NONCE_LENGTH));
        cipher.updateAAD(context);
        return cipher;
    }
}
