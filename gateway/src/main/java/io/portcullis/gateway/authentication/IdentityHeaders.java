package io.portcullis.gateway.authentication;

import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.TokenGrant;
import io.portcullis.gateway.forwarded.CanonicalHeaderName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;

/** Writes the caller's identity into the headers of a proxied request (docs/design.md section 5). */
public final class IdentityHeaders {
    public static final String USER_ID = "X-User-Id";
    public static final String USER_NAME = "X-User-Name";
    public static final String USER_TYPE = "X-User-Type";
    public static final String TENANT_ID = "X-Tenant-Id";
    public static final String USER_ROLES = "X-User-Roles";
    public static final String SESSION_ID = "X-Session-Id";
    public static final String CLIENT_ID = "X-Client-Id";
    public static final String SCOPES = "X-Scopes";
    /** The signed identity, on routes with {@code signed-identity: true} alone. */
    public static final String IDENTITY_TOKEN = "X-Identity-Token";
    /** With this header in its response a login service opens a session. No client sends it, and no client gets it. */
    public static final String LOGIN = "X-Portcullis-Login";

    private static final String CANONICAL_LOGIN = CanonicalHeaderName.canonical(LOGIN);

    private static final Set<String> NAMES = Stream.of(
                    USER_ID,
                    USER_NAME,
                    USER_TYPE,
                    TENANT_ID,
                    USER_ROLES,
                    SESSION_ID,
                    CLIENT_ID,
                    SCOPES,
                    IDENTITY_TOKEN,
                    LOGIN)
            .map(CanonicalHeaderName::canonical)
            .collect(Collectors.toUnmodifiableSet());

    private static final int LONGEST =
            NAMES.stream().mapToInt(String::length).max().orElseThrow();

    private IdentityHeaders() {}

    /** Removes the identity headers in every spelling, see {@link CanonicalHeaderName}. */
    static void removeAll(HttpHeaders headers) {
        headers.headerNames().stream()
                .filter(IdentityHeaders::isReservedHeader)
                .toList()
                .forEach(headers::remove);
    }

    /** Each name with its value. */
    static void forEach(Identity identity, BiConsumer<String, String> header) {
        header.accept(USER_ID, encoded(identity.userId()));
        header.accept(USER_NAME, encoded(identity.username()));
        header.accept(USER_TYPE, encoded(identity.userType()));
        if (identity.tenantId() != null) {
            header.accept(TENANT_ID, encoded(identity.tenantId()));
        }
        header.accept(USER_ROLES, list(identity.roles()));
        header.accept(SESSION_ID, encoded(identity.sessionId()));
        TokenGrant grant = identity.grant();
        if (grant.clientId() != null) {
            header.accept(CLIENT_ID, encoded(grant.clientId()));
        }
        if (!grant.scopes().isEmpty()) {
            header.accept(SCOPES, list(grant.scopes()));
        }
    }

    private static String list(Set<String> names) {
        return names.size() == 1
                ? encoded(names.iterator().next())
                : names.stream().sorted().map(IdentityHeaders::encoded).collect(Collectors.joining(","));
    }

    /** Whether a header is one of these, in any spelling. */
    static boolean isReservedHeader(CharSequence name) {
        return startsWithX(name) && name.length() <= LONGEST && NAMES.contains(CanonicalHeaderName.canonical(name));
    }

    /** Returns whether a header of a service's response is {@link #LOGIN}, in any spelling. */
    public static boolean isLogin(CharSequence name) {
        return name.length() == LOGIN.length()
                && startsWithX(name)
                && CANONICAL_LOGIN.equals(CanonicalHeaderName.canonical(name));
    }

    /** Filters out most header names cheaply: all identity headers begin with X. */
    private static boolean startsWithX(CharSequence name) {
        return name.length() > 0 && (name.charAt(0) | 0x20) == 'x';
    }

    /**
     * Percent-encodes as UTF-8 what is not plain ASCII, since header values have no encoding of their own. A percent
     * sign or a comma is encoded too, so that decoding always gives the value back and the roles stay a list.
     */
    static String encoded(String value) {
        return isPlain(value)
                ? value
                : URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= 0x20 || c >= 0x7F || c == '%' || c == ',') {
                return false;
            }
        }
        return true;
    }
}
