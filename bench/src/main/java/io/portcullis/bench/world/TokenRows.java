package io.portcullis.bench.world;

import io.portcullis.core.token.Token;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Inserts sessions and access tokens into MySQL, a thousand rows for each statement. */
record TokenRows(Stores stores) {
    private static final int BATCH = 1_000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private static final String SESSIONS = "INSERT INTO auth_session (id, user_id, username, user_type, roles, ip,"
            + " scopes, created_at, last_seen_at, last_ip, expires_at) VALUES ";
    private static final String TOKENS = "INSERT INTO access_token (digest, session_id, user_id, expires_at) VALUES ";
    private static final String REFRESH_TOKENS =
            "INSERT INTO refresh_token (digest, session_id, generation, expires_at, key_id) VALUES ";

    void insert(List<LiveTokens.Issued> issued) {
        try (Connection connection = stores.connect();
                Statement statement = connection.createStatement()) {
            for (int from = 0; from < issued.size(); from += BATCH) {
                List<LiveTokens.Issued> batch = issued.subList(from, Math.min(from + BATCH, issued.size()));
                statement.execute(SESSIONS + values(batch, TokenRows::session));
                statement.execute(TOKENS + values(batch, TokenRows::token));
                List<LiveTokens.Issued> refreshable =
                        batch.stream().filter(one -> one.refresh() != null).toList();
                if (!refreshable.isEmpty()) {
                    statement.execute(REFRESH_TOKENS + values(refreshable, TokenRows::refreshToken));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot insert sessions into the database", e);
        }
    }

    private static String values(List<LiveTokens.Issued> batch, Function<LiveTokens.Issued, String> row) {
        return batch.stream().map(row).collect(Collectors.joining(","));
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
