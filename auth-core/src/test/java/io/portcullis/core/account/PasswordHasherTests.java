package io.portcullis.core.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class PasswordHasherTests {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final PasswordHasher HASHER = PasswordHasher.create();

    @AfterAll
    static void close() {
        HASHER.close();
    }

    private static PasswordCheck check(String password, @Nullable String hash) {
        return HASHER.check("192.0.2.1", password, hash).blockOptional(LIMIT).orElseThrow();
    }

    private static String hash(String password) {
        return HASHER.hash(password).blockOptional(LIMIT).orElseThrow();
    }

    @Test
    void checkWhenSamePasswordThenMatches() {
        String hash = hash("alice-demo-pass");

        assertThat(hash).startsWith("{bcrypt}$2a$10$");
        assertThat(check("alice-demo-pass", hash)).isEqualTo(PasswordCheck.MATCHES);
        assertThat(check("alice-demo-pass", hash.substring("{bcrypt}".length())))
                .isEqualTo(PasswordCheck.MATCHES);
        assertThat(check("alice-demo-pasS", hash)).isEqualTo(PasswordCheck.DIFFERS);
        assertThat(check("", hash)).isEqualTo(PasswordCheck.DIFFERS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "{nope}x", "{bcrypt}", "{bcrypt}x", "{pbkdf2}zz", "{argon2}x"})
    void checkWhenHashIsUnusableThenDiffers(String unusable) {
        assertThat(check("x", unusable)).isEqualTo(PasswordCheck.DIFFERS);
    }

    /** Almost all of the time is one comparison with a hash of the same cost. */
    @Test
    void checkWhenUserIsUnknownThenDiffersAfterAsMuchHashing() {
        List<String> compared = new CopyOnWriteArrayList<>();
        PasswordEncoder encoder = PasswordEncoderFactories.createDelegatingPasswordEncoder();
        PasswordHasher recording = new PasswordHasher(recording(encoder, compared), 1, 1);
        String known = recording.hash("right").blockOptional(LIMIT).orElseThrow();

        assertThat(recording.check("192.0.2.1", "wrong", known).block(LIMIT)).isEqualTo(PasswordCheck.DIFFERS);
        assertThat(recording.check("192.0.2.1", "wrong", null).block(LIMIT)).isEqualTo(PasswordCheck.DIFFERS);
        recording.close();

        // The encoder computes no hash for malformed input, so the dummy hash must be well-formed.
        assertThat(compared).hasSize(2).allMatch(hash -> hash.matches("\\{bcrypt}\\$2a\\$10\\$[./0-9A-Za-z]{53}"));
        assertThat(compared.get(1)).isNotEqualTo(known);
    }

    private static PasswordEncoder recording(PasswordEncoder encoder, List<String> compared) {
        return new PasswordEncoder() {
            @Override
            public @Nullable String encode(@Nullable CharSequence password) {
                return encoder.encode(password);
            }

            @Override
            public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
                compared.add(String.valueOf(hash));
                return encoder.matches(password, hash);
            }
        };
    }

    /**
     * The libraries that made the hashes of existing user tables cut a password at 72 bytes, and so do the libraries
     * that check them.
     */
    @Test
    void checkWhenLongerThanBcryptReadsThenTheFirst72BytesCount() {
        String longest = "x".repeat(72);
        String hash = hash(longest);

        assertThat(check(longest, hash)).isEqualTo(PasswordCheck.MATCHES);
        assertThat(check(longest + "y".repeat(8), hash)).isEqualTo(PasswordCheck.MATCHES);
        assertThat(check("y".repeat(8) + longest, hash)).isEqualTo(PasswordCheck.DIFFERS);
        assertThat(check("x".repeat(71), hash)).isEqualTo(PasswordCheck.DIFFERS);
        assertThat(check("\u00e9".repeat(40), hash("\u00e9".repeat(36)))).isEqualTo(PasswordCheck.MATCHES);
    }

    static Stream<String> outlandishPasswords() {
        return Stream.of("\ud800", "a\u0000b", "x".repeat(1_000_000), "\ud83d\ude00");
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("outlandishPasswords")
    void checkWhenThePasswordIsOutlandishThenDiffers(String password) {
        String hash = hash("alice-demo-pass");

        assertThat(check(password, hash)).isEqualTo(PasswordCheck.DIFFERS);
    }

    @Test
    void hashWhenLongerThanBcryptReadsThenBadRequest() {
        StepVerifier.create(HASHER.hash("\u00e9".repeat(37)))
                .expectErrorSatisfies(e -> assertThat(e).isInstanceOfSatisfying(PortcullisException.class, p -> {
                    assertThat(p.code()).isEqualTo(ErrorCode.BAD_REQUEST);
                    assertThat(p.detail()).contains("at most 72 bytes");
                }))
                .verify(LIMIT);
    }

    @Test
    void checkWhenQueueIsFullThenTooManyRequests() {
        PasswordHasher small = new PasswordHasher(PasswordEncoderFactories.createDelegatingPasswordEncoder(), 1, 2);

        List<String> outcomes = Flux.range(0, 20)
                .flatMap(i -> small.check("192.0.2.1", "x", null)
                        .map(PasswordCheck::name)
                        .onErrorResume(
                                PortcullisException.class,
                                e -> Mono.just(e.code() + " " + e.retryAfter().orElseThrow())))
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
        small.close();

        assertThat(outcomes).contains("DIFFERS", "TOO_MANY_REQUESTS PT1S").hasSize(20);
    }
}
