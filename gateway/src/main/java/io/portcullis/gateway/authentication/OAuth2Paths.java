package io.portcullis.gateway.authentication;

import java.util.Set;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** The paths of the OAuth 2 endpoints. Routes never serve them, and no access token is needed for them. */
public final class OAuth2Paths {
    /** The path of the metadata without the path of the issuer. */
    public static final String METADATA = "/.well-known/oauth-authorization-server";

    public static final String TOKEN = "/oauth2/token";
    public static final String REVOKE = "/oauth2/revoke";
    public static final String INTROSPECT = "/oauth2/introspect";

    private static final Set<PathPattern> RESERVED = Set.of(pattern("/oauth2/**"), pattern(METADATA + "/**"));
    private static final Set<PathPattern> SERVED =
            Set.of(pattern(TOKEN), pattern(REVOKE), pattern(INTROSPECT), pattern(METADATA + "/**"));

    private OAuth2Paths() {}

    /** Returns the patterns of all reserved paths, whether or not an endpoint exists. */
    public static Set<PathPattern> reserved() {
        return RESERVED;
    }

    /** Returns whether the path is reserved for OAuth 2, whether or not an endpoint exists. */
    public static boolean match(PathContainer path) {
        return RESERVED.stream().anyMatch(pattern -> pattern.matches(path));
    }

    /** Returns whether an endpoint exists at the path. */
    public static boolean isServed(PathContainer path) {
        return SERVED.stream().anyMatch(pattern -> pattern.matches(path));
    }

    private static PathPattern pattern(String pattern) {
        return PathPatternParser.defaultInstance.parse(pattern);
    }
}
