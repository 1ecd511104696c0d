package io.portcullis.core.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class SealedTextTests {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] KEY = new byte[32];
    private static final byte[] CONTEXT = "context".getBytes(UTF_8);
    private static final byte[] PLAIN = "plain".getBytes(UTF_8);

    /** With one nonce for two texts, GCM would reveal their difference and its own key. */
    @Test
    void sealWhenTheSameAgainThenAnotherNonce() {
        String one = SealedText.seal(KEY, CONTEXT, PLAIN, RANDOM);
        String other = SealedText.seal(KEY, CONTEXT, PLAIN, RANDOM);

        assertThat(one.substring(0, 16)).isNotEqualTo(other.substring(0, 16));
        assertThat(SealedText.open(KEY, CONTEXT, one)).isEqualTo(PLAIN);
        assertThat(SealedText.open(KEY, CONTEXT, other)).isEqualTo(PLAIN);
    }

    @Test
    void openWhenTheContextIsAnotherThenNothing() {
        String sealed = SealedText.seal(KEY, CONTEXT, PLAIN, RANDOM);

        assertThat(SealedText.open(KEY, PLAIN, sealed)).isNull();
    }
}
