package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the secrets of keys that MySQL stores, so that a backup of MySQL does not reveal them:
 *
 * <pre>
 * sealed = base64url( nonce 12 | AES-256-GCM(secret) ), with the id of the key as additional data
 * </pre>
 *
 * <p>The first encryption key encrypts, all decrypt. Pure computation, safe to share between threads.
 */
final class SecretBox {
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;

    private final List<byte[]> encryptionKeys;
    private final SecureRandom random;

    SecretBox(List<byte[]> encryptionKeys, SecureRandom random) {
        this.encryptionKeys = List.copyOf(encryptionKeys);
        this.random = random;
    }

    /** Returns whether there is a key to encrypt with. */
    boolean canSeal() {
        return !encryptionKeys.isEmpty();
    }

    /** Encrypts a secret. Returns base64url text of less than 200 characters for a secret of 32 bytes. */
    String seal(KeyId id, byte[] secret) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        try {
            byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, encryptionKeys.get(0), nonce, id)
                    .doFinal(secret);
            byte[] sealed = ByteBuffer.allocate(NONCE_LENGTH + encrypted.length)
                    .put(nonce)
                    .put(encrypted)
                    .array();
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(CIPHER + " is not available (expected: on every Java platform)", e);
        }
    }

    /** Returns the secret; null if no encryption key decrypts it, or it is not the secret of this key. */
    byte @Nullable [] open(KeyId id, String text) {
        byte[] sealed = decode(text);
        if (sealed.length <= NONCE_LENGTH) {
            return null;
        }
        for (byte[] key : encryptionKeys) {
            byte[] secret = open(key, id, sealed);
            if (secret != null && KeyId.ofSecret(secret).equals(id)) {
                return secret;
            }
        }
        return null;
    }

    private static byte[] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte @Nullable [] open(byte[] key, KeyId id, byte[] sealed) {
        try {
            return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(sealed, NONCE_LENGTH), id)
                    .doFinal(sealed, NONCE_LENGTH, sealed.length - NONCE_LENGTH);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, KeyId id) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(id.toString().getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }
}
