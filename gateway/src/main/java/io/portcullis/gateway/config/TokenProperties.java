package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;

import io.portcullis.core.keyring.KeySettings;
import io.portcullis.core.token.KeyId;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Token lifetimes and signing keys.
 *
 * @param accessTtl life of an access token
 * @param refreshTtl life of a refresh token
 * @param keys base64 secrets of at least 32 bytes; the first one signs, all verify. "stored" stands for the keys in MySQL,
 *     which always verify if they exist. If the list is empty, the gateway creates such a key once and uses those in MySQL alone
 * @param encryptionKeys base64 keys of 32 bytes, under which the keys in MySQL are encrypted that administrators make; the first one
 *     encrypts, all decrypt
 * @param compromisedKeys ids of keys whose tokens are refused, by all nodes and for ever
 */
record TokenProperties(
        @DefaultValue("30m") Duration accessTtl,
        @DefaultValue("30d") Duration refreshTtl,
        @DefaultValue List<String> keys,
        @DefaultValue List<String> encryptionKeys,
        @DefaultValue List<String> compromisedKeys) {
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
        encryptionKeys = List.copyOf(encryptionKeys);
        encryptionKeys.forEach(TokenProperties::requireEncryptionKey);
        compromisedKeys = List.copyOf(compromisedKeys);
        compromisedKeys.forEach(TokenProperties::requireId);
    }

    /** Returns the keys as the ring takes them. Stored keys that are not listed come last. */
    KeySettings settings() {
        int stored = keys.indexOf(STORED_KEY);
        boolean listed = stored >= 0;
        return new KeySettings(
                secrets(listed ? keys.subList(0, stored) : keys),
                listed ? secrets(keys.subList(stored + 1, keys.size())) : List.of(),
                listed || keys.isEmpty(),
                secrets(encryptionKeys),
                compromisedKeys.stream().map(KeyId::of).collect(Collectors.toUnmodifiableSet()));
    }

    private static List<byte[]> secrets(List<String> keys) {
        return keys.stream()
                .filter(key -> !key.equals(STORED_KEY))
                .map(Base64.getDecoder()::decode)
                .toList();
    }

    /** Checks a key. The error message never contains the value, because an invalid key may still be a secret. */
    private static void requireKey(String key) {
        if (key.equals(STORED_KEY)) {
            return;
        }
        int bytes = lengthOf("portcullis.token.keys", key);
        if (bytes < MIN_KEY_BYTES) {
            throw new IllegalArgumentException("portcullis.token.keys: a key has " + bytes
                    + " bytes (expected: at least 32, such as the output of `openssl rand -base64 32`)");
        }
    }

    private static void requireEncryptionKey(String key) {
        int bytes = lengthOf("portcullis.token.encryption-keys", key);
        if (bytes != KeySettings.ENCRYPTION_KEY_BYTES) {
            throw new IllegalArgumentException("portcullis.token.encryption-keys: a key has " + bytes
                    + " bytes (expected: 32, as the output of `openssl rand -base64 32`)");
        }
    }

    private static int lengthOf(String property, String key) {
        try {
            return Base64.getDecoder().decode(key).length;
        } catch (IllegalArgumentException e) {
            // Without the cause, which Boot would print instead of the sentence.
            throw new IllegalArgumentException(
                    property + ": a key is not base64 (expected: the output of `openssl rand -base64 32`)");
        }
    }

    /** Checks the id of a key. The error message has no value, because somebody may have written a secret. */
    private static void requireId(String id) {
        if (KeyId.parse(id).isEmpty()) {
            throw new IllegalArgumentException("portcullis.token.compromised-keys: no key id (expected: six lower-case"
                    + " hexadecimal digits, as GET /system/token-key and the log of the start show them)");
        }
    }

    @Override
    public String toString() {
        return "TokenProperties[accessTtl=" + accessTtl + ", refreshTtl=" + refreshTtl + ", keys=" + keys.size()
                + ", encryptionKeys=" + encryptionKeys.size() + ", compromisedKeys=" + compromisedKeys + "]";
    }
}
