package io.portcullis.service;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.BadCredentialsException;

/**
 * Reads the caller from the identity headers, which are not signed: for a network in which nobody but the gateway reaches the service. The
 * values are percent-encoded UTF-8.
 */
final class HeaderCallerReader implements CallerReader {
    private static final String USER_ID = "X-User-Id";

    @Override
    public @Nullable PortcullisAuthentication read(Function<String, List<String>> headers) {
        String userId = value(USER_ID, headers);
        if (userId == null) {
            return null;
        }
        return new PortcullisAuthentication(new PortcullisUser(
                userId,
                required("X-User-Name", headers),
                roles(CallerReader.single("X-User-Roles", headers)),
                required("X-Session-Id", headers),
                value("X-Tenant-Id", headers)));
    }

    private static String required(String name, Function<String, List<String>> headers) {
        String value = value(name, headers);
        if (value == null) {
            throw new BadCredentialsException(name + ": missing (expected: together with " + USER_ID + ")");
        }
        return value;
    }

    private static @Nullable String value(String name, Function<String, List<String>> headers) {
        String value = CallerReader.single(name, headers);
        if (value != null && value.isBlank()) {
            throw new BadCredentialsException(name + ": empty");
        }
        return value == null ? null : decoded(name, value);
    }

    private static Set<String> roles(@Nullable String value) {
        return value == null || value.isEmpty()
                ? Set.of()
                : Arrays.stream(value.split(",", -1))
                        .map(role -> decoded("X-User-Roles", role))
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** Decodes as RFC 3986 says, where a plus sign stands for itself. */
    private static String decoded(String name, String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadCredentialsException(name + ": not percent-encoded", e);
        }
    }

    @Override
    public boolean isBlocking() {
        return false;
    }
}
