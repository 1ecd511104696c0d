package io.portcullis.service;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;

/** Reads the caller from {@value #HEADER}, whose signature it verifies. Ignores all other header fields. */
final class TokenCallerReader implements CallerReader {
    static final String HEADER = "X-Identity-Token";

    private static final Logger log = LoggerFactory.getLogger(TokenCallerReader.class);
    /** At most one warning in this time: each request with a forged key id would cause one. */
    private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

    private final JwtDecoder decoder;
    private final AtomicLong warnedAt = new AtomicLong(System.nanoTime() - WARNING_INTERVAL.toNanos());

    TokenCallerReader(JwtDecoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public @Nullable PortcullisAuthentication read(Function<String, List<String>> headers) {
        String token = CallerReader.single(HEADER, headers);
        return token == null ? null : new PortcullisAuthentication(user(decode(token)));
    }

    private Jwt decode(String token) {
        try {
            return decoder.decode(token);
        } catch (BadJwtException e) {
            throw new BadCredentialsException(HEADER + ": " + e.getMessage(), e);
        } catch (JwtException e) {
            warn(e);
            throw new AuthenticationServiceException("the keys of the gateway: " + e.getMessage(), e);
        }
    }

    private void warn(JwtException failure) {
        long now = System.nanoTime();
        long last = warnedAt.get();
        if (now - last >= WARNING_INTERVAL.toNanos() && warnedAt.compareAndSet(last, now)) {
            log.warn("Cannot verify who is calling, the response is 503: {}", failure.getMessage());
        }
    }

    private static PortcullisUser user(Jwt token) {
        return new PortcullisUser(
                required(JwtClaimNames.SUB, token),
                required("preferred_username", token),
                Set.copyOf(Objects.requireNonNullElse(token.getClaimAsStringList("roles"), List.of())),
                required("sid", token),
                token.getClaimAsString("tenant"));
    }

    /** {@link IdentityTokenDecoder} has checked that the claim is there. */
    private static String required(String name, Jwt token) {
        return Objects.requireNonNull(token.getClaimAsString(name), name);
    }

    @Override
    public boolean isBlocking() {
        return true;
    }
}
