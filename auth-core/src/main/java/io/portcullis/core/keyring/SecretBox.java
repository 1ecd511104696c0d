package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.SealedText;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the secrets of keys that MySQL stores as {@link SealedText} with the id of the key as its context, so that a backup of MySQL does
 * not reveal them. The first encryption key encrypts, all decrypt. Pure computation, safe to share between threads.
 */
final class SecretBox {
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
        return SealedText.seal(encryptionKeys.get(0), context(id), secret, random);
    }

    /** Returns the secret; null if no encryption key decrypts it, or it is not the secret of this key. */
    byte @Nullable [] open(KeyId id, String sealed) {
        for (byte[] key : encryptionKeys) {
            byte[] secret = SealedText.open(key, context(id), sealed);
            if (secret != null && KeyId.ofSecret(secret).equals(id)) {
                return secret;
            }
        }
        return null;
    }

    private static byte[] context(KeyId id) {
        return id.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
