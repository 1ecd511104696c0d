package io.portcullis.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRingTests {
    private static final SecureRandom RANDOM = new SecureRandom();

    @Test
    void ofWhenEmptyThenSaysWhatToWrite() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.of(List.of()))
                .withMessageContaining("openssl rand -base64 32");
    }

    @Test
    void ofWhenTooShortThenSaysWhichAndWhatToWrite() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.of(List.of(KeyRing.newSecret(RANDOM), new byte[31])))
                .withMessageContaining("number 2: 31 bytes (expected: at least 32");
    }

    @Test
    void ofWhenThereTwiceThenRefused() {
        byte[] secret = KeyRing.newSecret(RANDOM);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.of(List.of(secret, secret.clone())))
                .withMessageContaining("number 2: duplicate");
    }

    @Test
    void ofWhenSameSecretThenSameKeyId() {
        byte[] secret = KeyRing.newSecret(RANDOM);

        assertThat(KeyRing.of(List.of(secret)).signer().id())
                .isEqualTo(KeyRing.of(List.of(secret.clone())).signer().id());
    }

    @Test
    void newSecretWhenAskedTwiceThenDistinctAndLongEnough() {
        assertThat(KeyRing.newSecret(RANDOM)).hasSize(KeyRing.MIN_SECRET_BYTES).isNotEqualTo(KeyRing.newSecret(RANDOM));
    }
}
