package io.portcullis.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class IdentityKeyTests {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void ofWhenStoredThenTheSameKey() {
        IdentityKey key = IdentityKey.create(START);

        IdentityKey read = IdentityKey.of(key.toStored());

        assertThat(read.toStored()).isEqualTo(key.toStored());
        assertThat(read.id()).matches("[A-Za-z0-9_-]{43}");
        assertThat(read.publicKey().isPrivate()).isFalse();
        assertThat(key.toStored().jwk()).hasSizeLessThan(512);
    }

    @Test
    void ofWhenTheRowHoldsNoSuchKeyThenRefusedWithoutWhatItHolds() throws Exception {
        StoredIdentityKey good = IdentityKey.create(START).toStored();
        String larger = new ECKeyGenerator(Curve.P_384).keyID("k").generate().toJSONString();
        String publicOnly = IdentityKey.of(good).publicKey().toJSONString();

        for (var stored : new StoredIdentityKey[] {
            new StoredIdentityKey("k", larger, START),
            new StoredIdentityKey(good.id(), publicOnly, START),
            new StoredIdentityKey("other", good.jwk(), START),
            new StoredIdentityKey("k", "{\"kty\":\"EC\",\"d\":\"secret\"}", START),
            new StoredIdentityKey("k", "secret", START)
        }) {
            assertThatThrownBy(() -> IdentityKey.of(stored))
                    .isInstanceOf(IllegalStateException.class)
                    .hasNoCause()
                    .hasMessageContaining("identity_key " + stored.id())
                    .hasMessageContaining("expected: a private JSON Web Key on P-256")
                    .hasMessageNotContaining("secret");
        }
    }
}
