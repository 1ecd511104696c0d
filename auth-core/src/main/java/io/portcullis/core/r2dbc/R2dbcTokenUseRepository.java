package io.portcullis.core.r2dbc;

import io.portcullis.core.paging.Counted;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.r2dbc.Access.Index;
import io.portcullis.core.token.use.SessionSighting;
import io.portcullis.core.token.use.TokenUse;
import io.portcullis.core.token.use.TokenUseFilter;
import io.portcullis.core.token.use.TokenUseRepository;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Stores token uses in the table {@code token_use}, and the last use of a session in its row. */
public final class R2dbcTokenUseRepository implements TokenUseRepository {
    private static final String NO_TENANT = "";
    private static final int MAX_IP = 45;
    /** A row covers at most one hour of the clock. */
    private static final Duration LONGEST_ROW = Duration.ofHours(1);

    /** The end of the range of {@code DATETIME}. */
    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final PageOrder LATEST_FIRST =
            new PageOrder("last_seen_at", List.of("access_digest", "ip", "used_hour"));
    private static final Index BY_TIME = index("token_use_seen", "last_seen_at");
    private static final Index BY_SESSION = index("token_use_session", "session_id", "last_seen_at");
    private static final Index BY_TENANT = index("token_use_tenant", "tenant_id", "last_seen_at");
    private static final Index BY_USER = index("token_use_user", "user_id", "last_seen_at");
    private static final Index BY_IP = index("token_use_ip", "ip", "last_seen_at");
    private static final Index BY_TOKEN = index("PRIMARY", "session_id", "user_id", "first_seen_at", "last_seen_at");

    private final DatabaseClient client;
    private final PageLimits limits;

    public R2dbcTokenUseRepository(DatabaseClient client) {
        this(client, PageLimits.DEFAULT);
    }

    R2dbcTokenUseRepository(DatabaseClient client, PageLimits limits) {
        this.client = client;
        this.limits = limits;
    }

    /** Each index holds the primary key. */
    private static Index index(String name, String... columns) {
        return new Index(
                name,
                Stream.concat(LATEST_FIRST.key().stream(), Stream.of(columns)).collect(Collectors.toSet()));
    }

    @Override
    public Mono<Void> save(List<TokenUse> uses) {
        if (uses.isEmpty()) {
            return Mono.empty();
        }
        return client.sql("""
                        INSERT INTO token_use
                            (access_digest, ip, used_hour, session_id, user_id, first_seen_at, last_seen_at, tenant_id)
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
            ColumnValues.utc(use.lastSeenAt()),
            // A row of this list cannot have a null.
            Objects.requireNonNullElse(use.tenantId(), NO_TENANT)
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

    /** A row is at most an hour long, so the rows that overlap a time end within an hour after it. */
    @Override
    public Mono<Page<TokenUse>> page(TokenUseFilter filter, PageRequest request) {
        String sessionId = filter.sessionId();
        if (sessionId != null && !ColumnValues.isId(sessionId)) {
            return Mono.just(new Page<>(List.of(), new Counted(0, false), null));
        }
        return new PagedSelect<>(client, filters(filter), limits, request, R2dbcTokenUseRepository::use).read();
    }

    private static PageFilters filters(TokenUseFilter filter) {
        Instant from = filter.from();
        Instant to = filter.to();
        var filters = new PageFilters("token_use", LATEST_FIRST, "", BY_TIME)
                .between(from == null ? null : limited(from), latestEnd(to))
                .equal("tenant_id", filter.tenants().tenantId(), BY_TENANT)
                .equal("session_id", filter.sessionId(), BY_SESSION)
                .address("ip", filter.ip(), BY_IP)
                .equal("user_id", filter.userId(), BY_USER)
                .prefix("access_digest", filter.accessTokenId(), BY_TOKEN);
        return to == null
                ? filters
                : filters.where("first_seen_at <= :begin", "first_seen_at", "begin", ColumnValues.utc(limited(to)));
    }

    private static @Nullable Instant latestEnd(@Nullable Instant to) {
        return to == null || to.isAfter(LAST_TIME.minus(LONGEST_ROW)) ? null : to.plus(LONGEST_ROW);
    }

    private static Instant limited(Instant time) {
        return time.isBefore(LAST_TIME) ? time : LAST_TIME;
    }

    private static TokenUse use(Readable row) {
        String tenantId = ColumnValues.textOrNull(row, "tenant_id");
        return new TokenUse(
                ColumnValues.text(row, "access_digest"),
                ColumnValues.text(row, "session_id"),
                ColumnValues.text(row, "user_id"),
                ColumnValues.text(row, "ip"),
                ColumnValues.number(row, "used_hour"),
                ColumnValues.instant(row, "first_seen_at"),
                ColumnValues.instant(row, "last_seen_at"),
                NO_TENANT.equals(tenantId) ? null : tenantId);
    }
}
