package io.portcullis.core.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.KeyRing;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecretBoxTests {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] old = KeyRing.newSecret(RANDOM);
    private final byte[] secret = KeyRing.newSecret(RANDOM);
    private final KeyId id = KeyId.ofSecret(secret);
    private final String sealed = new SecretBox(List.of(old), RANDOM).seal(id, secret);

    @Test
    void openWhenAnyKeyFitsThenTheSecret() {
        assertThat(new SecretBox(List.of(KeyRing.newSecret(RANDOM), old), RANDOM).open(id, sealed))
                .isEqualTo(secret);
    }

    @Test
    void openWhenNoKeyFitsThenNull() {
        assertThat(new SecretBox(List.of(KeyRing.newSecret(RANDOM)), RANDOM).open(id, sealed))
                .isNull();
        assertThat(new SecretBox(List.of(), RANDOM).open(id, sealed)).isNull();
    }

    @Test
    void openWhenOfAnotherKeyOrNoSealThenNull() {
        SecretBox box = new SecretBox(List.of(old), RANDOM);

        assertThat(box.open(new KeyId(id.value() ^ 1), sealed)).isNull();
        assertThat(box.open(id, "")).isNull();
        assertThat(box.open(id, "#")).isNull();
        assertThat(box.open(id, sealed.substring(0, sealed.length() - 4))).isNull();
    }
}
