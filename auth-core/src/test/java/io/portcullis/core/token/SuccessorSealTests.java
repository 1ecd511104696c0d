package io.portcullis.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuccessorSealTests {
    private static final String SESSION = "0199a3f0-1c2d-7e4f-8a5b-6c7d8e9f0a1b";
    private static final Instant LATER = Instant.parse("2030-01-01T00:00:00.5Z");

    private final SecureRandom random = new SecureRandom();
    private final TokenCodec codec =
            new TokenCodec(KeyRing.of(List.of(KeyRing.newSecret(random))), Clock.systemUTC(), random);
    private final SuccessorSeal seal = new SuccessorSeal(random);
    private final String presented = codec.mintRefresh(SESSION, 1, LATER).value();
    private final TokenPair pair =
            new TokenPair(codec.mintAccess(SESSION, LATER), codec.mintRefresh(SESSION, 1, LATER.plusSeconds(60)));

    @Test
    void openWhenSameTokenThenSamePair() {
        String sealed = seal.seal(presented, pair);

        assertThat(sealed).hasSizeLessThan(400).doesNotContain(pair.refresh().value());
        assertThat(seal.open(presented, sealed)).contains(pair);
    }

    @Test
    void openWhenAnotherTokenThenEmpty() {
        String other = codec.mintRefresh(SESSION, 1, LATER).value();

        assertThat(seal.open(other, seal.seal(presented, pair))).isEmpty();
    }

    @Test
    void openWhenAnyByteIsAlteredThenEmpty() {
        byte[] sealed = Base64.getUrlDecoder().decode(seal.seal(presented, pair));

        for (int i = 0; i < sealed.length; i++) {
            byte[] altered = sealed.clone();
            altered[i] ^= 1;
            assertThat(seal.open(presented, Base64.getUrlEncoder().encodeToString(altered)))
                    .as("byte %d", i)
                    .isEmpty();
        }
    }

    @Test
    void openWhenGarbageThenEmpty() {
        assertThat(List.of("", "A", "!!", "AAAAAAAAAAAAAAAA", "A".repeat(8192)))
                .allMatch(text -> seal.open(presented, text).isEmpty());
    }
}
