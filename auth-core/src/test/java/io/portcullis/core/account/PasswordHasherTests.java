package io.portcullis.core.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static final String ARGON2ID = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    private static final String SCRYPT = "dVsXoSoLBhSuScec7hs1amnavQvQxbgeko00guog0AE";

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
    @ValueSource(
            strings = {
                "",
                "x",
                "{nope}x",
                "{bcrypt}",
                "{bcrypt}x",
                "{pbkdf2}zz",
                "{argon2}x",
                "$2",
                "$argon2id$x",
                "$scrypt$x",
                "{scrypt}x",
                "pbkdf2_sha256$x$y$z",
                "plain"
            })
    void checkWhenHashIsUnusableThenDiffers(String unusable) {
        assertThat(check("x", unusable)).isEqualTo(PasswordCheck.DIFFERS);
    }

    /** Made by crypt(3), the reference of argon2, Python's hashlib and Spring Security's manual. */
    static Stream<Arguments> hashesOfOtherTools() {
        return Stream.of(
                Arguments.of("rasmuslerdorf", "$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq", true),
                Arguments.of("alice-demo-pass", "$2y$10$BCryptRequires22Chrctep2MWg11ENogD0S.hp49rPdK4mwX0Joy", false),
                Arguments.of("alice-demo-pass", "$2b$04$BCryptRequires22ChrcteI6odVo9oV77k8fKzLPqcOTMwz89rWlW", true),
                Arguments.of(
                        "alice-demo-pass", "bcrypt$$2b$04$BCryptRequires22ChrcteI6odVo9oV77k8fKzLPqcOTMwz89rWlW", true),
                Arguments.of("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$" + ARGON2ID, false),
                Arguments.of("password", "argon2$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$" + ARGON2ID, false),
                Arguments.of("password", "{argon2}$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$" + ARGON2ID, false),
                Arguments.of(
                        "password",
                        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
                        false),
                Arguments.of("alice-demo-pass", "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$" + SCRYPT, false),
                Arguments.of("alice-demo-pass", "{scrypt}$e0801$AAECAwQFBgcICQoLDA0ODw==$" + SCRYPT + "=", false),
                Arguments.of(
                        "alice-demo-pass",
                        "pbkdf2_sha256$10000$seasalt2$2kPPpB7CHsIlzmk5DAo/50YEnrDMwbHTFelOrvO7Iug=",
                        true),
                Arguments.of(
                        "alice-demo-pass",
                        "pbkdf2_sha512$10000$seasalt2$rqAzWcFmw2G5X0xXUhdAUnHnfW+mxaqzY8XGKgVumSq5gXEJ0nLUr/cm58N+1ZpRUUReUdCQCSdAiha8OPTUnw==",
                        true),
                Arguments.of(
                        "alice-demo-pass",
                        "$pbkdf2-sha256$29000$AAECAwQFBgcICQoLDA0ODw$QmyimnElR1LKQs1NBIiJHJef9C7o0oBBCBpgVxUzOnU",
                        true),
                Arguments.of(
                        "alice-demo-pass",
                        "{pbkdf2@SpringSecurity_v5_8}000102030405060708090a0b0c0d0e0f71001cc416adad4dcd2eb70035c60e06d30e1a0feac66740f872247cc829f0bd",
                        false),
                Arguments.of(
                        "password",
                        "{pbkdf2}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8dc",
                        true),
                Arguments.of("plain", "{noop}plain", true));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("hashesOfOtherTools")
    void checkWhenAnotherToolMadeTheHashThenOnlyThePasswordMatches(String password, String hash, boolean outdated) {
        assertThat(check(password, hash)).isEqualTo(PasswordCheck.MATCHES);
        assertThat(check(password + "x", hash)).isEqualTo(PasswordCheck.DIFFERS);
        assertThat(check("", hash)).isEqualTo(PasswordCheck.DIFFERS);
        assertThat(HASHER.isOutdated(hash)).isEqualTo(outdated);
    }

    @ParameterizedTest
    @CsvSource({"10,10,false", "10,11,true", "12,11,false"})
    void isOutdatedWhenBcryptThenIfItsCostIsLess(int cost, int configured, boolean outdated) {
        try (var hasher = PasswordHasher.create(configured)) {
            String hash = "$2a$" + cost + "$48VbzA.x2r2JLDT0sXfVO.bnTZlXAyJMXk1N3rd3kLFOPFOOODtne";

            assertThat(hasher.isOutdated(hash)).isEqualTo(outdated);
            assertThat(hasher.isOutdated("{bcrypt}" + hash)).isEqualTo(outdated);
        }
    }

    /** Each would take minutes or gigabytes, and the encoder of another thread must answer all the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$2a$31$48VbzA.x2r2JLDT0sXfVO.bnTZlXAyJMXk1N3rd3kLFOPFOOODtne",
                "{bcrypt}$2a$15$48VbzA.x2r2JLDT0sXfVO.bnTZlXAyJMXk1N3rd3kLFOPFOOODtne",
                "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$" + ARGON2ID,
                "{argon2}$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$" + ARGON2ID,
                "{argon2@SpringSecurity_v5_8}$argon2id$v=19$m=+4194304,t=1,p=1$c29tZXNhbHQ$" + ARGON2ID,
                "$argon2id$v=19$m=65536,t=1000000,p=1$c29tZXNhbHQ$" + ARGON2ID,
                "$argon2id$v=19$m=65536,t=1,p=100000$c29tZXNhbHQ$" + ARGON2ID,
                "$argon2id$v=19$m=99999999999,t=1,p=1$c29tZXNhbHQ$" + ARGON2ID,
                "$scrypt$ln=20,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$" + SCRYPT,
                "$scrypt$ln=14,r=8,p=255$AAECAwQFBgcICQoLDA0ODw$" + SCRYPT,
                "{scrypt}$1f0801$AAECAwQFBgcICQoLDA0ODw==$" + SCRYPT + "=",
                "{scrypt}$e08ff$AAECAwQFBgcICQoLDA0ODw==$" + SCRYPT + "=",
                "{scrypt@SpringSecurity_v5_8}$140801$AAECAwQFBgcICQoLDA0ODw==$" + SCRYPT + "=",
                "pbkdf2_sha256$999999999$seasalt2$2kPPpB7CHsIlzmk5DAo/50YEnrDMwbHTFelOrvO7Iug="
            })
    void matchesWhenTheParametersAreAbsurdThenUnusable(String hash) {
        assertThatThrownBy(() -> new StoredHashEncoder(4).matches("password", hash))
                .isInstanceOf(UnusableAccountException.class);
        assertThat(check("password", hash)).isEqualTo(PasswordCheck.DIFFERS);
    }

    @Test
    void matchesWhenTheHeapIsSmallThenAHashThatNeedsMoreIsUnusable() {
        String hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$" + ARGON2ID;

        assertThat(new StoredHashEncoder(4, 65_536 * 1024L).matches("password", hash))
                .isTrue();
        assertThatThrownBy(() -> new StoredHashEncoder(4, 65_535 * 1024L).matches("password", hash))
                .isInstanceOf(UnusableAccountException.class)
                .hasMessageContaining("a quarter of the heap");
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
