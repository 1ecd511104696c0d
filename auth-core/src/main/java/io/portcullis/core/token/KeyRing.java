package io.portcullis.core.token;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that tokens are signed with (docs/design.md section 3). The first signs, all verify; so a key is rotated in by putting
 * it in front, and out by dropping it once the tokens that it signed have expired.
 */
public final class KeyRing {
    /** Shorter secrets would weaken HMAC-SHA256 below its own strength (RFC 2104 section 3). */
    public static final int MIN_SECRET_BYTES = 32;

    private final SigningKey signer;
    private final Map<Integer, SigningKey> keys;

    private KeyRing(SigningKey signer, Map<Integer, SigningKey> keys) {
        this.signer = signer;
        this.keys = Map.copyOf(keys);
    }

    /**
     * A ring of these secrets; the first one signs.
     *
     * @throws IllegalArgumentException when there is none, one is too short, or one is there twice; the message says what
     *     to write
     */
    public static KeyRing of(List<byte[]> secrets) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("token keys: none (expected: at least one secret of "
                    + MIN_SECRET_BYTES + " random bytes, such as `openssl rand -base64 " + MIN_SECRET_BYTES
                    + "` writes)");
        }
        Map<Integer, SigningKey> keys = new LinkedHashMap<>();
        List<SigningKey> inOrder = new ArrayList<>();
        for (int i = 0; i < secrets.size(); i++) {
            SigningKey key = new SigningKey(checked(secrets.get(i), i));
            if (keys.putIfAbsent(key.id(), key) != null) {
                throw new IllegalArgumentException("token key number " + (i + 1)
                        + ": there twice (expected: each secret once; delete one of the two)");
            }
            inOrder.add(key);
        }
        return new KeyRing(inOrder.get(0), keys);
    }

    private static byte[] checked(byte[] secret, int index) {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("token key number " + (index + 1) + ": " + secret.length
                    + " bytes (expected: at least " + MIN_SECRET_BYTES + " random bytes, such as `openssl rand -base64 "
                    + MIN_SECRET_BYTES + "` writes)");
        }
        return secret;
    }

    /** A fresh secret. */
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
