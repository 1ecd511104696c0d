package io.portcullis.core.r2dbc;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.token.use.SessionSighting;
import io.portcullis.core.token.use.TokenUse;
import io.portcullis.core.token.use.TokenUseFilter;
import io.portcullis.core.token.use.TokenUseRepository;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Stores token uses in the table {@code token_use}, and the last use of a session in its row. */
public final class R2dbcTokenUseRepository implements TokenUseRepository {
    private static final int MAX_IP = 45;
    /** A row covers at most one hour of the clock. */
    private static final Duration LONGEST_ROW = Duration.ofHours(1);

    /** The end of the range of {@code DATETIME}. */
    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final String LATEST_FIRST = "last_seen_at DESC, access_digest DESC, ip DESC, used_hour DESC";

    private final DatabaseClient client;

    public R2dbcTokenUseRepository(DatabaseClient client) {
        this.client = client;
    }

    @Override
    public Mono<Void> save(List<TokenUse> uses) {
        if (uses.isEmpty()) {
            return Mono.empty();
        }
        return client.sql("""
                        INSERT INTO token_use
                            (access_digest, ip, used_hour, session_id, user_id, first_seen_at, last_seen_at)
                        VALUES :rows
                        ON DUPLICATE KEY UPDATE
                            first_seen_at = LEAST(first_seen_at, VALUES(first_seen_at)),
                            last_seen_at = GREATEST(last_seen_at, VALUES(last_seen_at))""")
                .bind(
                        "rows",
                        uses.stream().map(R2dbcTokenUseRepository::valuesOf).toList())
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    private static Object[] valuesOf(TokenUse use) {
        return new Object[] {
            use.digest(),
            ColumnValues.cut(use.ip(), MAX_IP),
            use.hour(),
            use.sessionId(),
            use.userId(),
            ColumnValues.utc(use.firstSeenAt()),
            ColumnValues.utc(use.lastSeenAt())
        };
    }

    @Override
    public Mono<Set<String>> findFull(Collection<String> sessionIds, Instant since, int max) {
        return client.sql("""
                        SELECT session_id FROM token_use FORCE INDEX (token_use_session)
                        WHERE session_id IN (:ids) AND last_seen_at >= :since
                        GROUP BY session_id HAVING COUNT(*) >= :max""")
                .bind("ids", sessionIds)
                .bind("since", ColumnValues.utc(since))
                .bind("max", max)
                .map(row -> ColumnValues.text(row, "session_id"))
                .all()
                .collect(Collectors.toUnmodifiableSet())
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Set<TokenUse.Key>> findKeys(Collection<String> sessionIds, Instant since) {
        return client.sql("""
                        SELECT access_digest, ip, used_hour FROM token_use FORCE INDEX (token_use_session)
                        WHERE session_id IN (:ids) AND last_seen_at >= :since""")
                .bind("ids", sessionIds)
                .bind("since", ColumnValues.utc(since))
                .map(row -> new TokenUse.Key(
                        ColumnValues.text(row, "access_digest"),
                        ColumnValues.text(row, "ip"),
                        ColumnValues.number(row, "used_hour")))
                .all()
                .collect(Collectors.toUnmodifiableSet())
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * Reads the live sessions, locks those that are free ({@code FOR UPDATE SKIP LOCKED}), and updates these alone by primary key.
     */
    @Override
    public Mono<Set<String>> updateSessions(List<SessionSighting> sightings) {
        Set<String> ids = sightings.stream().map(SessionSighting::sessionId).collect(Collectors.toSet());
        String live = "SELECT id FROM auth_session FORCE INDEX (PRIMARY) WHERE id IN (:ids) AND ended_at IS NULL";
        return sessions(live, ids)
                .flatMap(busy -> busy.isEmpty()
                        ? Mono.just(busy)
                        : sessions(live + " FOR UPDATE SKIP LOCKED", busy).flatMap(locked -> {
                            busy.removeAll(locked);
                            return update(sightings, locked).thenReturn(busy);
                        }))
                .onErrorMap(StoreFailures::translate);
    }

    private Mono<Set<String>> sessions(String sql, Set<String> ids) {
        return client.sql(sql)
                .bind("ids", List.copyOf(ids))
                .map(row -> ColumnValues.text(row, "id"))
                .all()
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Sets the address before the time, because MySQL evaluates the assignments in this order with the new values. */
    private Mono<Void> update(List<SessionSighting> sightings, Set<String> locked) {
        List<SessionSighting> updated = sightings.stream()
                .filter(each -> locked.contains(each.sessionId()))
                .toList();
        if (updated.isEmpty()) {
            return Mono.empty();
        }
        String at = caseById("at", updated.size());
        String sql = "UPDATE auth_session s FORCE INDEX (PRIMARY) SET s.last_ip = IF(" + at + " > s.last_seen_at, "
                + caseById("ip", updated.size()) + ", s.last_ip), s.last_seen_at = GREATEST(s.last_seen_at, " + at
                + ") WHERE s.id IN (:ids)";
        DatabaseClient.GenericExecuteSpec statement = client.sql(sql).bind("ids", List.copyOf(locked));
        for (int i = 0; i < updated.size(); i++) {
            SessionSighting each = updated.get(i);
            statement = statement
                    .bind("id" + i, each.sessionId())
                    .bind("at" + i, ColumnValues.utc(each.at()))
                    .bind("ip" + i, ColumnValues.cut(each.ip(), MAX_IP));
        }
        return statement.then();
    }

    private static String caseById(String value, int count) {
        StringBuilder text = new StringBuilder("CASE s.id");
        for (int i = 0; i < count; i++) {
            text.append(" WHEN :id").append(i).append(" THEN :").append(value).append(i);
        }
        return text.append(" END").toString();
    }

    /**
     * Reads along an index on the filtered column and {@code last_seen_at}. A row is at most an hour long, so the rows that overlap a
     * time end within an hour after it.
     */
    @Override
    public Mono<Page<TokenUse>> page(TokenUseFilter filter, PageRequest request) {
        String sessionId = filter.sessionId();
        if (sessionId != null && !ColumnValues.isId(sessionId)) {
            return Mono.just(new Page<>(List.of(), 0));
        }
        return new Criteria()
                .andPrefix("access_digest LIKE :digest ESCAPE '!'", "digest", filter.accessTokenId())
                .and("session_id = :sessionId", "sessionId", sessionId)
                .and("user_id = :userId", "userId", filter.userId())
                .and("ip = :ip", "ip", filter.ip())
                .and("last_seen_at >= :from", "from", utc(filter.from()))
                .and("first_seen_at <= :to", "to", utc(filter.to()))
                .and("last_seen_at <= :latest", "latest", utc(latestEnd(filter.to())))
                .page(client, "token_use", LATEST_FIRST, request, R2dbcTokenUseRepository::use);
    }

    private static @Nullable Instant latestEnd(@Nullable Instant to) {
        return to == null || to.isAfter(LAST_TIME.minus(LONGEST_ROW)) ? null : to.plus(LONGEST_ROW);
    }

    private static @Nullable LocalDateTime utc(@Nullable Instant time) {
        return time == null ? null : ColumnValues.utc(time.isAfter(LAST_TIME) ? LAST_TIME : time);
    }

    private static TokenUse use(Readable row) {
        return new TokenUse(
                ColumnValues.text(row, "access_digest"),
                ColumnValues.text(row, "session_id"),
                ColumnValues.text(row, "user_id"),
                ColumnValues.text(row, "ip"),
                ColumnValues.number(row, "used_hour"),
                ColumnValues.instant(row, "first_seen_at"),
                ColumnValues.instant(row, "last_seen_at"));
    }
}
