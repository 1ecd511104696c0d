package io.portcullis.core.token;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the secrets that sign and verify tokens (docs/design.md section 3). The first key signs, every key verifies. An operator
 * rotates keys by adding a new one in front, and by removing the old one after the tokens that it signed have expired.
 *
 * <p>Immutable and safe to share between threads.
 */
public final class KeyRing {
    /** The minimum length of a secret in bytes. A shorter one weakens HMAC-SHA256 (RFC 2104 section 3). */
    public static final int MIN_SECRET_BYTES = 32;

    private final SigningKey signer;
    private final Map<Integer, SigningKey> keys;

    private KeyRing(SigningKey signer, Map<Integer, SigningKey> keys) {
        this.signer = signer;
        this.keys = Map.copyOf(keys);
    }

    /**
     * Returns a key ring of the given secrets, in their order.
     *
     * @throws IllegalArgumentException if the list is empty, or a secret is too short or a duplicate. The message names the
     *     remedy and no secret
     */
    public static KeyRing of(List<byte[]> secrets) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("token keys: none (expected: at least one secret of "
                    + MIN_SECRET_BYTES + " random bytes, as `openssl rand -base64 " + MIN_SECRET_BYTES
                    + "` prints)");
        }
        Map<Integer, SigningKey> keys = new LinkedHashMap<>();
        List<SigningKey> inOrder = new ArrayList<>();
        for (int i = 0; i < secrets.size(); i++) {
            SigningKey key = new SigningKey(checked(secrets.get(i), i));
            if (keys.putIfAbsent(key.id(), key) != null) {
                throw new IllegalArgumentException("token key number " + (i + 1)
                        + ": duplicate (expected: each secret once; delete one of the two)");
            }
            inOrder.add(key);
        }
        return new KeyRing(inOrder.get(0), keys);
    }

    private static byte[] checked(byte[] secret, int index) {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("token key number " + (index + 1) + ": " + secret.length
                    + " bytes (expected: at least " + MIN_SECRET_BYTES + " random bytes, as `openssl rand -base64 "
                    + MIN_SECRET_BYTES + "` prints)");
        }
        return secret;
    }

    /** Returns {@value #MIN_SECRET_BYTES} random bytes for use as a secret. */
    public static byte[] newSecret(SecureRandom random) {
        byte[] secret = new byte[MIN_SECRET_BYTES];
        random.nextBytes(secret);
        return secret;
    }

    SigningKey signer() {
        return signer;
    }

    @Nullable
    SigningKey find(int id) {
        return keys.get(id);
    }

    @Override
    public String toString() {
        return "KeyRing[signer=" + signer + ", size=" + keys.size() + "]";
    }
}
