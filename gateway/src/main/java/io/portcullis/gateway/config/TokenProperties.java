package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Token lifetimes and signing keys.
 *
 * @param accessTtl life of an access token
 * @param refreshTtl life of a refresh token
 * @param keys base64 secrets of at least 32 bytes; the first one signs, all verify. "stored" stands for the secret in MySQL,
 *     which always verifies if it exists. If the list is empty, the gateway creates that secret once and uses it alone
 */
record TokenProperties(
        @DefaultValue("30m") Duration accessTtl,
        @DefaultValue("30d") Duration refreshTtl,
        @DefaultValue List<String> keys) {
    private static final int MIN_KEY_BYTES = 32;
    private static final String STORED_KEY = "stored";

    TokenProperties {
        atLeastOneSecond("portcullis.token.access-ttl", accessTtl, "30m");
        atLeastOneSecond("portcullis.token.refresh-ttl", refreshTtl, "30d");
        if (refreshTtl.compareTo(accessTtl) <= 0) {
            throw new IllegalArgumentException("portcullis.token.refresh-ttl: " + refreshTtl
                    + " (expected: longer than portcullis.token.access-ttl, which is " + accessTtl + ")");
        }
        keys = List.copyOf(keys);
        keys.forEach(TokenProperties::requireKey);
    }

    /** Returns whether the configuration needs the secret in MySQL, which is then created if it does not exist. */
    boolean needsStored() {
        return keys.isEmpty() || keys.contains(STORED_KEY);
    }

    /**
     * Returns the secrets in order, the signing one first. A stored secret that is not listed comes last.
     *
     * @param stored the secret in MySQL, or {@code null} if it does not exist
     */
    List<byte[]> secrets(byte @Nullable [] stored) {
        List<byte[]> secrets = new ArrayList<>();
        for (String key : keys) {
            secrets.add(
                    key.equals(STORED_KEY)
                            ? Objects.requireNonNull(stored, STORED_KEY)
                            : Base64.getDecoder().decode(key));
        }
        if (stored != null && secrets.stream().noneMatch(secret -> Arrays.equals(secret, stored))) {
            secrets.add(stored);
        }
        return secrets;
    }

    /** Checks a key. The error message never contains the value, because an invalid key may still be a secret. */
    private static void requireKey(String key) {
        if (key.equals(STORED_KEY)) {
            return;
        }
        int bytes;
        try {
            bytes = Base64.getDecoder().decode(key).length;
        } catch (IllegalArgumentException e) {
            // Without the cause, which Boot would print instead of the sentence.
            throw new IllegalArgumentException(
                    "portcullis.token.keys: a key is not base64 (expected: the output of `openssl rand -base64 32`)");
        }
        if (bytes < MIN_KEY_BYTES) {
            throw new IllegalArgumentException("portcullis.token.keys: a key has " + bytes
                    + " bytes (expected: at least 32, such as the output of `openssl rand -base64 32`)");
        }
    }

    @Override
    public String toString() {
        return "TokenProperties[accessTtl=" + accessTtl + ", refreshTtl=" + refreshTtl + ", keys=" + keys.size() + "]";
    }
}
