package io.portcullis.service;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the service learns who is calling.
 *
 * @param mode what tells the caller: the signed token, or the identity headers
 * @param jwkSetUri the address of the gateway's keys, such as http://gateway:8080/.well-known/jwks.json; needed in mode token
 * @param audience the ids of the gateway's routes that lead to this service; needed in mode token
 * @param issuer the gateway's portcullis.identity-token.issuer
 * @param clockSkew how far the clocks of gateway and service may be apart
 * @param openPaths patterns of the paths that anonymous requests may reach, such as /actuator/health/**
 */
@ConfigurationProperties("portcullis.service")
public record PortcullisServiceProperties(
        @DefaultValue("token") Mode mode,
        @Nullable URI jwkSetUri,
        @DefaultValue Set<String> audience,
        @DefaultValue("portcullis") String issuer,
        @DefaultValue("30s") Duration clockSkew,
        @DefaultValue List<String> openPaths) {
    private static final Duration MAX_SKEW = Duration.ofMinutes(5);

    /** What tells the caller. */
    public enum Mode {
        /** The token in X-Identity-Token, whose signature is verified. */
        TOKEN,
        /** The identity headers. Nobody but the gateway may reach the service then. */
        HEADERS
    }

    public PortcullisServiceProperties {
        audience = Set.copyOf(audience);
        openPaths = List.copyOf(openPaths);
        if (mode == Mode.TOKEN && !isHttp(jwkSetUri)) {
            throw new IllegalArgumentException(
                    "portcullis.service.jwk-set-uri: " + jwkSetUri
                            + " (expected: the address of the gateway's keys, such as http://gateway:8080/.well-known/jwks.json)");
        }
        if (mode == Mode.TOKEN && (audience.isEmpty() || audience.contains(""))) {
            throw new IllegalArgumentException("portcullis.service.audience: " + audience
                    + " (expected: the ids of the gateway's routes to this service, such as orders)");
        }
        if (issuer.isBlank()) {
            throw new IllegalArgumentException(
                    "portcullis.service.issuer: empty (expected: the gateway's portcullis.identity-token.issuer)");
        }
        if (clockSkew.isNegative() || clockSkew.compareTo(MAX_SKEW) > 0) {
            throw new IllegalArgumentException(
                    "portcullis.service.clock-skew: " + clockSkew + " (expected: 0s to 5m, such as 30s)");
        }
        for (String path : openPaths) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("portcullis.service.open-paths: " + path
                        + " (expected: patterns that begin with a slash, such as /actuator/health/**)");
            }
        }
    }

    private static boolean isHttp(@Nullable URI uri) {
        return uri != null
                && uri.getHost() != null
                && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    }

    CallerReader reader() {
        return mode == Mode.HEADERS || jwkSetUri == null
                ? new HeaderCallerReader()
                : new TokenCallerReader(IdentityTokenDecoder.create(jwkSetUri, issuer, audience, clockSkew));
    }
}
