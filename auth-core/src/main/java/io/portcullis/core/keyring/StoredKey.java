package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Represents a row of the table {@code token_key}.
 *
 * @param secret the encrypted secret, see {@link SecretBox}; null for a dropped key that is configured or in {@code signing_key}
 * @param changedAt when the key got its state, by the database's clock
 */
public record StoredKey(KeyId id, KeyState state, @Nullable String secret, Instant createdAt, Instant changedAt) {
    @Override
    public String toString() {
        return "StoredKey[id=" + id + ", state=" + state + "]";
    }
}
