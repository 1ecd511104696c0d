package io.portcullis.service;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Verifies tokens: ES256 alone, under the gateway's keys, with issuer, audience and expiry. The keys are read with the first token, kept
 * for five minutes, and read again for an unknown key id, twice in ten seconds at most, so that forged tokens do not become a flood of
 * requests to the gateway. While the gateway does not answer, or answers no key, the keys that it gave within the last hour remain in use.
 */
final class IdentityTokenDecoder {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_BYTES = 64 * 1024;
    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);
    private static final Duration KEPT_IN_OUTAGE = Duration.ofHours(1);
    /** Within this time, the keys are read twice at most. */
    private static final Duration READ_INTERVAL = Duration.ofSeconds(10);

    private IdentityTokenDecoder() {}

    static JwtDecoder create(URI jwkSetUri, String issuer, Set<String> audiences, Duration clockSkew) {
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.ES256, keys(jwkSetUri)));
        // The validators below check the claims.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        var decoder = new NimbusJwtDecoder(processor);
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<Jwt>(List.of(
                new JwtTimestampValidator(clockSkew),
                new JwtIssuerValidator(issuer),
                required(
                        JwtClaimNames.AUD,
                        value -> value instanceof Collection<?> all
                                && all.stream().anyMatch(audiences::contains)),
                required(JwtClaimNames.EXP, value -> true),
                required(JwtClaimNames.SUB, IdentityTokenDecoder::isText),
                required("preferred_username", IdentityTokenDecoder::isText),
                required("sid", IdentityTokenDecoder::isText),
                required("roles", Collection.class::isInstance))));
        return decoder;
    }

    private static JwtClaimValidator<@Nullable Object> required(String name, Predicate<Object> test) {
        return new JwtClaimValidator<>(name, value -> value != null && test.test(value));
    }

    private static boolean isText(Object value) {
        return value instanceof String text && !text.isEmpty();
    }

    private static JWKSource<SecurityContext> keys(URI jwkSetUri) {
        var http = new DefaultResourceRetriever(
                (int) CONNECT_TIMEOUT.toMillis(), (int) READ_TIMEOUT.toMillis(), MAX_BYTES);
        try {
            return JWKSourceBuilder.create(jwkSetUri.toURL(), address -> nonEmpty(http.retrieveResource(address)))
                    .cache(KEPT.toMillis(), MAX_WAIT.toMillis())
                    .rateLimited(READ_INTERVAL.toMillis())
                    .outageTolerant(KEPT_IN_OUTAGE.toMillis())
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("portcullis.service.jwk-set-uri: " + jwkSetUri, e);
        }
    }

    /**
     * Returns the key set if it has keys. A node of the gateway without a route with a signed identity answers an empty set, which must not
     * replace the keys of the other nodes: good tokens would be refused.
     */
    private static Resource nonEmpty(Resource keySet) throws IOException {
        try {
            if (JWKSet.parse(keySet.getContent()).isEmpty()) {
                throw new IOException(
                        "The key set is empty (expected: the keys of a node of the gateway with signed-identity: true)");
            }
        } catch (ParseException e) {
            throw new IOException("The answer is no key set (expected: the gateway's, at /.well-known/jwks.json)", e);
        }
        return keySet;
    }
}
