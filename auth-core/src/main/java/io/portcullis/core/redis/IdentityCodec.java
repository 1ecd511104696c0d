package io.portcullis.core.redis;

import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.TokenGrant;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the value of an access token's key in Redis:
 *
 * <pre>
 * 1 US L US user id US username US user type US tenant id US session id ( US role )*
 * 2 US L US user id US username US user type US tenant id US session id US client id US scopes US issued US expiry ( US role )*
 * 1 US T US reason
 * </pre>
 *
 * <p>{@code US} is the unit separator, U+001F. The version comes first, so that nodes of two releases can share a Redis: a node
 * treats a value of an unknown version as absent and queries MySQL. An empty tenant id, client id or time represents null. Scopes are
 * separated by spaces, times are in epoch milliseconds. A separator or backslash within a field is escaped with a backslash, so that
 * no name can forge a field. {@link IdentityFormat} decides on the version of a live entry that is written.
 */
final class IdentityCodec {
    private static final String VERSION = "1";
    private static final String LIVE = "L";
    private static final String TOMBSTONE = "T";
    private static final String SEPARATOR = "\u001f";
    private static final String ESCAPED_SEPARATOR = "\\s";
    private static final String SCOPE_SEPARATOR = " ";
    private static final String BACKSLASH = "\\";
    private static final String ESCAPED_BACKSLASH = "\\\\";
    private static final String EXTENDED_VERSION = "2";
    private static final String EXTENDED_START = EXTENDED_VERSION + SEPARATOR + LIVE + SEPARATOR;
    private static final String LIVE_START = VERSION + SEPARATOR + LIVE + SEPARATOR;
    private static final String TOMBSTONE_START = VERSION + SEPARATOR + TOMBSTONE + SEPARATOR;

    private IdentityCodec() {}

    /** Encodes a live entry. */
    static String write(Identity identity, IdentityFormat format) {
        boolean extended = format == IdentityFormat.EXTENDED || identity.grant().restricted();
        StringBuilder text = new StringBuilder(extended ? EXTENDED_VERSION : VERSION)
                .append(SEPARATOR)
                .append(LIVE);
        String tenantId = identity.tenantId();
        append(text, identity.userId());
        append(text, identity.username());
        append(text, identity.userType());
        append(text, tenantId == null ? "" : tenantId);
        append(text, identity.sessionId());
        if (extended) {
            append(text, identity.grant());
        }
        identity.roles().forEach(role -> append(text, role));
        return text.toString();
    }

    private static void append(StringBuilder text, TokenGrant grant) {
        append(text, Objects.requireNonNullElse(grant.clientId(), ""));
        append(text, String.join(SCOPE_SEPARATOR, grant.scopes()));
        append(text, millis(grant.issuedAt()));
        append(text, millis(grant.expiresAt()));
    }

    private static String millis(@Nullable Instant time) {
        return time == null ? "" : Long.toString(time.toEpochMilli());
    }

    /** Encodes a tombstone. */
    static String write(RevocationReason reason) {
        return VERSION + SEPARATOR + TOMBSTONE + SEPARATOR + reason.name();
    }

    /** Decodes an entry; empty if the text is of another version or incomplete. */
    static Optional<AccessTokenEntry> read(String text) {
        if (text.startsWith(LIVE_START)) {
            return readLive(new FieldReader(text, LIVE_START.length()), false);
        }
        if (text.startsWith(EXTENDED_START)) {
            return readLive(new FieldReader(text, EXTENDED_START.length()), true);
        }
        return text.startsWith(TOMBSTONE_START)
                ? Optional.of(readTombstone(new FieldReader(text, TOMBSTONE_START.length())))
                : Optional.empty();
    }

    private static Optional<AccessTokenEntry> readLive(FieldReader fields, boolean extended) {
        String userId = fields.next();
        String username = fields.next();
        String userType = fields.next();
        String tenantId = fields.next();
        if (!fields.more()) {
            return Optional.empty();
        }
        String sessionId = fields.next();
        TokenGrant grant = extended ? readGrant(fields) : TokenGrant.NONE;
        if (grant == null) {
            return Optional.empty();
        }
        Set<String> roles = readRoles(fields);
        return Optional.of(new AccessTokenEntry.Live(
                new Identity(userId, username, userType, emptyToNull(tenantId), roles, sessionId, grant)));
    }

    /** Decodes the fields of version 2; null if one is missing. */
    private static @Nullable TokenGrant readGrant(FieldReader fields) {
        String clientId = fields.next();
        String scopes = fields.next();
        String issuedAt = fields.next();
        if (!fields.more()) {
            return null;
        }
        String expiresAt = fields.next();
        try {
            return new TokenGrant(
                    emptyToNull(clientId),
                    scopes.isEmpty() ? Set.of() : Set.of(scopes.split(SCOPE_SEPARATOR, -1)),
                    time(issuedAt),
                    time(expiresAt));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Instant time(String millis) {
        return millis.isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(millis));
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Decodes the roles. Most identities have at most two; {@code Set.of} stores these without a hash table. */
    private static Set<String> readRoles(FieldReader fields) {
        if (!fields.more()) {
            return Set.of();
        }
        String first = fields.next();
        if (!fields.more()) {
            return Set.of(first);
        }
        String second = fields.next();
        if (!fields.more() && !first.equals(second)) {
            return Set.of(first, second);
        }
        Set<String> roles = new HashSet<>();
        roles.add(first);
        roles.add(second);
        while (fields.more()) {
            roles.add(fields.next());
        }
        return roles;
    }

    private static AccessTokenEntry readTombstone(FieldReader fields) {
        return new AccessTokenEntry.Tombstone(RevocationReason.ofStoredName(fields.next()));
    }

    private static void append(StringBuilder text, String field) {
        text.append(SEPARATOR).append(escape(field));
    }

    private static String escape(String field) {
        return field.replace(BACKSLASH, ESCAPED_BACKSLASH).replace(SEPARATOR, ESCAPED_SEPARATOR);
    }

    private static String unescape(String field) {
        if (!field.contains(BACKSLASH)) {
            return field;
        }
        StringBuilder plain = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && i + 1 < field.length()) {
                i++;
                plain.append(field.charAt(i) == 's' ? SEPARATOR : BACKSLASH);
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    /** Reads the fields of a text in order. After the last field, {@code next()} returns empty text. */
    private static final class FieldReader {
        private final String text;
        private int at;

        FieldReader(String text, int at) {
            this.text = text;
            this.at = at;
        }

        boolean more() {
            return at <= text.length();
        }

        String next() {
            if (!more()) {
                return "";
            }
            int separator = text.indexOf(SEPARATOR.charAt(0), at);
            int end = separator < 0 ? text.length() : separator;
            String field = text.substring(at, end);
            at = end + 1;
            return unescape(field);
        }
    }
}
