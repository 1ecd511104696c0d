package io.portcullis.core.token;

import io.portcullis.core.error.PortcullisException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the secrets that sign and verify tokens (docs/design.md section 3). The first key that is not dropped signs, every key verifies. An
 * operator rotates keys by adding a new one in front, and by removing the old one after the tokens that it signed have expired. The tokens
 * of a dropped key are refused, whether or not the ring has its secret (docs/adr/0044).
 *
 * <p>Immutable and safe to share between threads.
 */
public final class KeyRing {
    /** The minimum length of a secret in bytes. A shorter one weakens HMAC-SHA256 (RFC 2104 section 3). */
    public static final int MIN_SECRET_BYTES = 32;

    private final @Nullable SigningKey signer;
    private final Map<Integer, SigningKey> keys;
    private final Set<KeyId> dropped;
    private final Set<KeyId> elsewhere;

    private KeyRing(
            @Nullable SigningKey signer, Map<Integer, SigningKey> keys, Set<KeyId> dropped, Set<KeyId> elsewhere) {
        this.signer = signer;
        this.keys = Map.copyOf(keys);
        this.dropped = Set.copyOf(dropped);
        this.elsewhere = Set.copyOf(elsewhere);
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
        Map<Integer, SigningKey> keys = inOrder(secrets);
        return new KeyRing(firstOf(keys, Set.of()), keys, Set.of(), Set.of());
    }

    private static Map<Integer, SigningKey> inOrder(List<byte[]> secrets) {
        Map<Integer, SigningKey> keys = new LinkedHashMap<>();
        for (int i = 0; i < secrets.size(); i++) {
            SigningKey key = new SigningKey(checked(secrets.get(i), i));
            if (keys.putIfAbsent(key.id(), key) != null) {
                throw new IllegalArgumentException("token key number " + (i + 1)
                        + ": duplicate (expected: each secret once; delete one of the two)");
            }
        }
        return keys;
    }

    private static @Nullable SigningKey firstOf(Map<Integer, SigningKey> inOrder, Set<KeyId> dropped) {
        return inOrder.values().stream()
                .filter(key -> !dropped.contains(new KeyId(key.id())))
                .findFirst()
                .orElse(null);
    }

    /**
     * Returns a key ring of the given secrets, in their order. It signs nothing if all its keys are dropped, or it has none.
     *
     * @param dropped the keys whose tokens are refused
     * @param elsewhere the keys that another node has; those that this ring has, and dropped ones, do not count
     * @throws IllegalArgumentException if a secret is too short or a duplicate
     */
    public static KeyRing of(List<byte[]> secrets, Set<KeyId> dropped, Set<KeyId> elsewhere) {
        Map<Integer, SigningKey> keys = inOrder(secrets);
        Set<KeyId> others = elsewhere.stream()
                .filter(id -> !keys.containsKey(id.value()) && !dropped.contains(id))
                .collect(Collectors.toSet());
        return new KeyRing(firstOf(keys, dropped), keys, dropped, others);
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

    /** Returns the key that signs. Fails with {@code UNAVAILABLE} if all keys are dropped. */
    SigningKey signer() {
        SigningKey key = signer;
        if (key == null) {
            throw PortcullisException.storeUnavailable("No key signs tokens on this node", null);
        }
        return key;
    }

    /** Returns the id of the key that signs; empty if all keys are dropped. */
    public Optional<KeyId> signerId() {
        return Optional.ofNullable(signer).map(key -> new KeyId(key.id()));
    }

    /** Returns the ids of the keys that verify. */
    public Set<KeyId> verifying() {
        return keys.keySet().stream()
                .map(KeyId::new)
                .filter(id -> !dropped.contains(id))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the ids of the keys whose tokens are refused. */
    public Set<KeyId> dropped() {
        return dropped;
    }

    /** Returns the ids of the keys that another node has and this one lacks. */
    public Set<KeyId> elsewhere() {
        return elsewhere;
    }

    /** Returns whether the other ring signs, verifies and refuses the same tokens. */
    public boolean hasSameKeys(KeyRing other) {
        return signerId().equals(other.signerId())
                && keys.keySet().equals(other.keys.keySet())
                && dropped.equals(other.dropped)
                && elsewhere.equals(other.elsewhere);
    }

    /** Returns whether the tokens of this key are refused. */
    boolean isDropped(int id) {
        return !dropped.isEmpty() && dropped.contains(new KeyId(id));
    }

    /** Returns whether another node has this key, and this one lacks it. */
    boolean isElsewhere(int id) {
        return !elsewhere.isEmpty() && elsewhere.contains(new KeyId(id));
    }

    @Nullable
    SigningKey find(int id) {
        return keys.get(id);
    }

    @Override
    public String toString() {
        return "KeyRing[signer=" + signer + ", size=" + keys.size() + ", dropped=" + dropped + "]";
    }
}
