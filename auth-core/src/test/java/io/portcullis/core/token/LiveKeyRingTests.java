package io.portcullis.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.TokenVerification.DroppedKey;
import io.portcullis.core.token.TokenVerification.Genuine;
import io.portcullis.core.token.TokenVerification.UnknownKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests the verification by a ring that changes. */
class LiveKeyRingTests {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] old = KeyRing.newSecret(RANDOM);
    private final byte[] next = KeyRing.newSecret(RANDOM);
    private final KeyId oldId = KeyId.ofSecret(old);
    private final AtomicLong nanos = new AtomicLong();
    private final LiveKeyRing live = LiveKeyRing.of(KeyRing.of(List.of(old)), Duration.ofNanos(10), nanos::get);
    private final TokenCodec codec = new TokenCodec(live, Clock.systemUTC(), RANDOM, null);

    private String mint() {
        return codec.mintAccess(UUID.randomUUID().toString(), Instant.now().plusSeconds(60))
                .value();
    }

    private TokenVerification verify(String text) {
        return codec.verify(TokenKind.ACCESS, text);
    }

    @Test
    void verifyWhenRotatedThenOldAndNewPass() {
        String before = mint();
        live.use(KeyRing.of(List.of(next, old), Set.of(), Set.of()));
        String after = mint();

        assertThat(verify(before)).isInstanceOf(Genuine.class);
        assertThat(verify(after)).isInstanceOf(Genuine.class);
        assertThat(((Genuine) verify(after)).token().keyId()).isEqualTo(KeyId.ofSecret(next));
    }

    @Test
    void verifyWhenDroppedThenSaysSoWithAndWithoutTheSecret() {
        String token = mint();
        String forged = token.substring(0, token.length() - 1) + (token.endsWith("A") ? "B" : "A");

        live.use(KeyRing.of(List.of(old, next), Set.of(oldId), Set.of(oldId)));
        assertThat(verify(token)).isEqualTo(new DroppedKey(TokenKind.ACCESS, token, true));
        assertThat(verify(forged)).isEqualTo(new DroppedKey(TokenKind.ACCESS, forged, false));
        assertThat(verify(mint())).isInstanceOf(Genuine.class);

        live.use(KeyRing.of(List.of(next), Set.of(oldId), Set.of()));
        assertThat(verify(token)).isEqualTo(new DroppedKey(TokenKind.ACCESS, token, false));
        assertThat(verify(token).toString()).doesNotContain(token);
    }

    @Test
    void mintWhenEachKeyIsDroppedThenUnavailable() {
        live.use(KeyRing.of(List.of(old), Set.of(oldId), Set.of()));

        assertThatThrownBy(this::mint)
                .isInstanceOfSatisfying(
                        PortcullisException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void verifyWhenUnknownThenSaysWhetherAnotherNodeHasTheKeyOrMayHaveIt() {
        String token = mint();
        live.use(KeyRing.of(List.of(next), Set.of(), Set.of(oldId)));
        assertThat(standing(token)).isEqualTo(UnknownKey.Standing.OTHER_NODE);

        live.use(KeyRing.of(List.of(next), Set.of(), Set.of()));
        nanos.set(9);
        assertThat(standing(token)).isEqualTo(UnknownKey.Standing.UNKNOWN);
        nanos.set(10);
        assertThat(standing(token)).isEqualTo(UnknownKey.Standing.UNCERTAIN);
        live.confirm(5);
        assertThat(standing(token)).isEqualTo(UnknownKey.Standing.UNKNOWN);
    }

    @Test
    void verifyWhenUnknownAndTheRingIsLimitedThenUncertainAfterTheLimit() {
        String token = mint();
        live.use(KeyRing.of(List.of(next), Set.of(), Set.of()));
        live.limitTo(Duration.ofDays(1));
        nanos.set(10);
        assertThat(standing(token)).isEqualTo(UnknownKey.Standing.UNKNOWN);

        live.limitTo(Duration.ofNanos(10));
        assertThat(standing(token)).isEqualTo(UnknownKey.Standing.UNCERTAIN);
    }

    private UnknownKey.Standing standing(String token) {
        return ((UnknownKey) verify(token)).standing();
    }
}
