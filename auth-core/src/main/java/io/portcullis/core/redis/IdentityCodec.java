package io.portcullis.core.redis;

import io.portcullis.core.token.AccessTokenEntry;
import io.portcullis.core.token.Identity;
import io.portcullis.core.token.RevocationReason;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The value under an access token's key, as text:
 *
 * <pre>
 * 1 US L US user id US username US user type US tenant id US session id ( US role )*
 * 1 US T US reason
 * </pre>
 *
 * <p>{@code US} is the unit separator, U+001F. The version comes first, so that nodes of two releases can share a Redis: what a
 * node cannot read it takes for absent and asks MySQL. An empty tenant id stands for none. A separator or backslash within a
 * field is escaped by a backslash, so that no name can forge a field.
 */
final class IdentityCodec {
    private static final String VERSION = "1";
    private static final String LIVE = "L";
    private static final String TOMBSTONE = "T";
    private static final String SEPARATOR = "\u001f";
    private static final String ESCAPED_SEPARATOR = "\\s";
    private static final String BACKSLASH = "\\";
    private static final String ESCAPED_BACKSLASH = "\\\\";
    private static final int FIRST_ROLE = 7;

    private IdentityCodec() {}

    static String write(Identity identity) {
        StringBuilder text = new StringBuilder(VERSION).append(SEPARATOR).append(LIVE);
        String tenantId = identity.tenantId();
        append(text, identity.userId());
        append(text, identity.username());
        append(text, identity.userType());
        append(text, tenantId == null ? "" : tenantId);
        append(text, identity.sessionId());
        identity.roles().forEach(role -> append(text, role));
        return text.toString();
    }

    static String write(RevocationReason reason) {
        return VERSION + SEPARATOR + TOMBSTONE + SEPARATOR + reason.name();
    }

    /** The entry; empty when the text was not written by this version. */
    static Optional<AccessTokenEntry> read(String text) {
        String[] fields = text.split(SEPARATOR, -1);
        if (fields.length < 3 || !fields[0].equals(VERSION)) {
            return Optional.empty();
        }
        return switch (fields[1]) {
            case LIVE -> readLive(fields);
            case TOMBSTONE -> readTombstone(fields);
            default -> Optional.empty();
        };
    }

    private static Optional<AccessTokenEntry> readLive(String[] fields) {
        if (fields.length < FIRST_ROLE) {
            return Optional.empty();
        }
        Set<String> roles = new TreeSet<>();
        for (int i = FIRST_ROLE; i < fields.length; i++) {
            roles.add(unescape(fields[i]));
        }
        String tenantId = unescape(fields[5]);
        return Optional.of(new AccessTokenEntry.Live(new Identity(
                unescape(fields[2]),
                unescape(fields[3]),
                unescape(fields[4]),
                tenantId.isEmpty() ? null : tenantId,
                roles,
                unescape(fields[6]))));
    }

    private static Optional<AccessTokenEntry> readTombstone(String[] fields) {
        for (RevocationReason reason : RevocationReason.values()) {
            if (reason.name().equals(fields[2])) {
                return Optional.of(new AccessTokenEntry.Tombstone(reason));
            }
        }
        // A later release knows more reasons. Whatever it is, the token is dead.
        return Optional.of(new AccessTokenEntry.Tombstone(RevocationReason.LOGOUT));
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
}
