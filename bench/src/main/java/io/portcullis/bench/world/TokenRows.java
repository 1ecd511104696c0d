package io.portcullis.bench.world;

import io.portcullis.core.token.Token;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Inserts sessions and their tokens into MySQL. */
record TokenRows(Stores stores) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private static final String SESSIONS = "INSERT INTO auth_session (id, user_id, username, user_type, roles, ip,"
            + " scopes, created_at, last_seen_at, last_ip, expires_at) VALUES";
    private static final String TOKENS = "INSERT INTO access_token (digest, session_id, user_id, expires_at) VALUES";
    private static final String REFRESH_TOKENS =
            "INSERT INTO refresh_token (digest, session_id, generation, expires_at, key_id) VALUES";

    void insert(List<LiveTokens.Issued> issued) {
        insert(SESSIONS, issued, TokenRows::session);
        insert(TOKENS, issued, TokenRows::token);
        insert(
                REFRESH_TOKENS,
                issued.stream().filter(one -> one.refresh() != null).toList(),
                TokenRows::refreshToken);
    }

    private void insert(String insert, List<LiveTokens.Issued> issued, Function<LiveTokens.Issued, String> row) {
        stores.insert(insert, issued.size(), index -> row.apply(issued.get(index)));
    }

    private static String session(LiveTokens.Issued issued) {
        var identity = issued.identity();
        return "('%s','%s','%s','%s','%s','127.0.0.1','',UTC_TIMESTAMP(3),UTC_TIMESTAMP(3),'127.0.0.1','%s')"
                .formatted(
                        identity.sessionId(),
                        identity.userId(),
                        identity.username(),
                        identity.userType(),
                        String.join(",", identity.roles()),
                        TIME.format(issued.sessionExpiresAt()));
    }

    private static String token(LiveTokens.Issued issued) {
        return "('%s','%s','%s','%s')"
                .formatted(
                        issued.token().digest(),
                        issued.identity().sessionId(),
                        issued.identity().userId(),
                        TIME.format(issued.token().expiresAt()));
    }

    private static String refreshToken(LiveTokens.Issued issued) {
        Token token = Objects.requireNonNull(issued.refresh(), "refresh");
        return "('%s','%s',%d,'%s','%s')"
                .formatted(
                        token.digest(),
                        issued.identity().sessionId(),
                        token.generation(),
                        TIME.format(token.expiresAt()),
                        Objects.requireNonNull(token.keyId(), "keyId"));
    }
}
