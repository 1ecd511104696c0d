package io.portcullis.core.r2dbc;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndRepository;
import io.portcullis.core.session.SessionLifetime;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;

/**
 * Reads the ends of sessions.
 *
 * <pre>
 * findEndedWithin  SELECT id, end_reason, ended_at FROM auth_session WHERE ended_at &gt;= now - window LIMIT limit
 *                  (index auth_session_live)
 * findLifetimes    SELECT ..., the latest expiry of its tokens FROM auth_session WHERE id IN (ids)
 *                  (primary key; access_token_of_session and refresh_token_generation, a handful of rows for each session)
 * </pre>
 *
 * <p>An access token that was replaced lasts until {@code superseded_at}; a refresh token that was spent no longer counts.
 */
public final class R2dbcSessionEndRepository implements SessionEndRepository {
    private final DatabaseClient client;
    private final CurrentTimeSql time;

    /** Creates a repository that uses the given clock, {@link CurrentTimeSql#SERVER} except in tests. */
    public R2dbcSessionEndRepository(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Flux<EndedSession> findEndedWithin(Duration window, int limit) {
        return client.sql(
                        "SELECT id, end_reason, ended_at FROM auth_session WHERE ended_at >= TIMESTAMPADD(MICROSECOND, -"
                                + window.toNanos() / 1_000 + ", " + time.now() + ") LIMIT " + limit)
                .map(row -> new EndedSession(
                        ColumnValues.text(row, "id"), reason(row), ColumnValues.instant(row, "ended_at")))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    private static EndReason reason(Readable row) {
        return EndReason.ofName(ColumnValues.textOrNull(row, "end_reason"));
    }

    @Override
    public Flux<SessionLifetime> findLifetimes(Collection<String> sessionIds) {
        if (sessionIds.isEmpty()) {
            return Flux.empty();
        }
        return client.sql("""
                        SELECT s.id, s.ended_at, s.end_reason, s.created_at, s.expires_at, %s AS now,
                            (SELECT MAX(LEAST(a.expires_at, COALESCE(a.superseded_at, a.expires_at)))
                                FROM access_token a WHERE a.session_id = s.id) AS access_expires_at,
                            (SELECT MAX(r.expires_at)
                                FROM refresh_token r WHERE r.session_id = s.id AND r.used_at IS NULL) AS refresh_expires_at
                        FROM auth_session s WHERE s.id IN (:ids)""".formatted(time.now()))
                .bind("ids", sessionIds)
                .map(R2dbcSessionEndRepository::lifetime)
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    private static SessionLifetime lifetime(Readable row) {
        Instant endedAt = ColumnValues.instantOrNull(row, "ended_at");
        Instant overAt = endedAt == null ? lastExpiry(row) : endedAt;
        return new SessionLifetime(
                ColumnValues.text(row, "id"),
                endedAt == null ? null : reason(row),
                overAt,
                Duration.between(ColumnValues.instant(row, "now"), overAt));
    }

    private static Instant lastExpiry(Readable row) {
        Instant tokens = latest(
                latest(ColumnValues.instant(row, "created_at"), ColumnValues.instantOrNull(row, "access_expires_at")),
                ColumnValues.instantOrNull(row, "refresh_expires_at"));
        Instant session = ColumnValues.instant(row, "expires_at");
        return tokens.isBefore(session) ? tokens : session;
    }

    private static Instant latest(Instant first, @Nullable Instant second) {
        return second == null || second.isBefore(first) ? first : second;
    }
}
