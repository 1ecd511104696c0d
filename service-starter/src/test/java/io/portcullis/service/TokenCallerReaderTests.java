package io.portcullis.service;

import static io.portcullis.service.TestGatewayKeys.claims;
import static io.portcullis.service.TestGatewayKeys.newKey;
import static io.portcullis.service.TestGatewayKeys.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;

class TokenCallerReaderTests {
    private final TestGatewayKeys gateway = new TestGatewayKeys();
    private final CallerReader reader = reader(gateway.uri());

    private static CallerReader reader(URI keys) {
        return new PortcullisServiceProperties(
                        PortcullisServiceProperties.Mode.TOKEN,
                        keys,
                        Set.of("other", TestGatewayKeys.AUDIENCE),
                        TestGatewayKeys.ISSUER,
                        Duration.ofSeconds(30),
                        List.of())
                .reader();
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private PortcullisUser read(String token) {
        return Objects.requireNonNull(reader.read(only(token))).getPrincipal();
    }

    private static Function<String, List<String>> only(String... tokens) {
        return name -> name.equals("X-Identity-Token") ? List.of(tokens) : List.of("evil");
    }

    private void assertRefused(String token) {
        assertThatExceptionOfType(BadCredentialsException.class)
                .isThrownBy(() -> read(token))
                .satisfies(refusal -> {
                    if (token.length() > 20) {
                        assertThat(refusal.toString()).doesNotContain(token);
                    }
                });
    }

    @Test
    void readWhenTheTokenIsGoodThenTheCallerWithTheClaims() {
        var caller = Objects.requireNonNull(reader.read(only(gateway.token(claims().claim("tenant", "t1")))));

        assertThat(caller.getPrincipal())
                .isEqualTo(new PortcullisUser("4711", "älice", Set.of("user", "editor"), "session-1", "t1"));
        assertThat(caller.getAuthorities())
                .extracting(GrantedAuthority::getAuthority)
                .containsExactly("ROLE_editor", "ROLE_user");
        assertThat(caller.isAuthenticated()).isTrue();
        assertThat(caller.getName()).isEqualTo("4711");
        assertThat(read(gateway.token(claims())).tenantId()).isNull();
    }

    @Test
    void readWhenThereIsNoTokenThenNoCaller() {
        assertThat(reader.read(only())).isNull();
        assertThat(gateway.reads()).isZero();
    }

    @Test
    void readWhenThereAreTwoTokensThenRefused() {
        String token = gateway.token(claims());

        assertThatExceptionOfType(BadCredentialsException.class).isThrownBy(() -> reader.read(only(token, token)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "a.b.c", "..", "eyJhbGciOiJFUzI1NiJ9.e30.", "Bearer x"})
    void readWhenTheTokenIsMalformedThenRefused(String token) {
        assertRefused(token);
    }

    @Test
    void readWhenTheTokenIsForgedThenRefused() throws Exception {
        String good = gateway.token(claims());
        String[] parts = good.split("\\.", -1);
        String otherClaims = gateway.token(claims().subject("1")).split("\\.", -1)[1];
        byte[] publicKey = gateway.key().toPublicJWK().toJSONString().getBytes(UTF_8);
        byte[] encoded = gateway.key().toECPublicKey().getEncoded();

        Stream.of(
                        parts[0] + "." + otherClaims + "." + parts[2],
                        parts[0] + "." + parts[1] + ".",
                        token(claims(), newKey("key-0")),
                        token(claims(), JWSAlgorithm.HS256, "key-0", new MACSigner(publicKey)),
                        token(claims(), JWSAlgorithm.HS256, "key-0", new MACSigner(encoded)),
                        new PlainJWT(claims().build()).serialize())
                .forEach(this::assertRefused);
    }

    @Test
    void readWhenTheTokenBringsItsKeyThenRefused() throws Exception {
        ECKey own = newKey("key-0");
        var header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("key-0").jwk(own.toPublicJWK());

        assertRefused(signed(header.build(), own));
        assertRefused(signed(header.keyID(null).build(), own));
        assertThat(gateway.reads()).isEqualTo(1);
    }

    /** The gateway signs its security event tokens (docs/events.md) with the same keys. */
    @Test
    void readWhenTheTokenIsOfAnotherTypeThenRefused() throws Exception {
        var header =
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(gateway.key().getKeyID());

        assertRefused(signed(header.type(new JOSEObjectType("secevent+jwt")).build(), gateway.key()));
        assertThat(read(signed(header.type(JOSEObjectType.JWT).build(), gateway.key()))
                        .userId())
                .isEqualTo("4711");
    }

    private static String signed(JWSHeader header, ECKey key) throws JOSEException {
        var token = new SignedJWT(header, claims().build());
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }

    @Test
    void readWhenAClaimIsWrongOrMissingThenRefused() {
        Date longAgo = Date.from(Instant.now().minusSeconds(120));
        Stream.of(
                        claims().issueTime(null).expirationTime(longAgo),
                        claims().expirationTime(null),
                        claims().audience("users"),
                        claims().audience((String) null),
                        claims().issuer("evil"),
                        claims().issuer(null),
                        claims().subject(null),
                        claims().subject(""),
                        claims().claim("sid", null),
                        claims().claim("sid", 1),
                        claims().claim("preferred_username", null),
                        claims().claim("roles", null),
                        claims().claim("roles", "admin"))
                .map(gateway::token)
                .forEach(this::assertRefused);
    }

    @Test
    void readWhenTheClocksDifferALittleThenAccepted() {
        Date justNow = Date.from(Instant.now().minusSeconds(10));

        assertThat(read(gateway.token(claims().issueTime(null).expirationTime(justNow)))
                        .userId())
                .isEqualTo("4711");
    }

    @Test
    void readWhenAKeyHasBeenAddedThenReadsTheKeysOnce() {
        read(gateway.token(claims()));
        gateway.addKey();

        read(gateway.token(claims()));
        read(gateway.token(claims()));

        assertThat(gateway.reads()).isEqualTo(2);
    }

    /** An attacker who reaches the service must not make it flood the gateway. */
    @Test
    void readWhenManyKeysAreUnknownThenReadsTheKeysAFewTimesAndServesTheOthers() {
        String good = gateway.token(claims());
        read(good);

        for (int i = 0; i < 50; i++) {
            String forged = token(claims(), newKey("forged-" + i));
            assertThatExceptionOfType(AuthenticationException.class).isThrownBy(() -> read(forged));
        }

        assertThat(gateway.reads()).isLessThanOrEqualTo(4);
        assertThat(read(good).userId()).isEqualTo("4711");
    }

    @Test
    void readWhenTheGatewayIsDownThenTheKeysInMemoryServeAndAServiceWithoutAnySaysSo() {
        String good = gateway.token(claims());
        read(good);
        gateway.close();

        assertThat(read(good).userId()).isEqualTo("4711");
        CallerReader started = reader(gateway.uri());
        assertThatExceptionOfType(AuthenticationServiceException.class).isThrownBy(() -> started.read(only(good)));
    }

    /** A node of the gateway without a signed route answers an empty set, for example while such a route is rolled out. */
    @Test
    void readWhenANodeOfTheGatewayHasNoKeysThenTheKeysInMemoryServeAndNoGoodTokenIsRefused() {
        String good = gateway.token(claims());
        String unknown = token(claims(), newKey("unknown"));
        read(good);
        gateway.removeKeys();

        assertThatExceptionOfType(AuthenticationException.class).isThrownBy(() -> read(unknown));

        assertThat(gateway.reads()).isEqualTo(2);
        assertThat(read(good).userId()).isEqualTo("4711");
        CallerReader started = reader(gateway.uri());
        assertThatExceptionOfType(AuthenticationServiceException.class).isThrownBy(() -> started.read(only(good)));
    }
}
