package io.portcullis.core.r2dbc;

import io.portcullis.core.token.store.LedgerBacklog;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads the ledger from the table {@code revoked_token}. Pages are keyed by {@code (revoked_at, digest)}, so no entry is skipped
 * or repeated.
 */
public final class R2dbcRevocationLedger implements RevocationLedger {
    private static final String ENTRIES = "SELECT digest, reason, expires_at, revoked_at FROM revoked_token ";
    private static final String UNAPPLIED = "WHERE applied_at IS NULL AND expires_at > :now AND ";
    private static final String LATEST_FIRST = " ORDER BY revoked_at DESC, digest DESC LIMIT :limit";

    private final DatabaseClient client;
    private final CurrentTimeSql time;

    /** Creates a ledger that uses the database's clock. */
    public R2dbcRevocationLedger(DatabaseClient client) {
        this(client, CurrentTimeSql.SERVER);
    }

    /** Creates a ledger with another source of the current time, for tests. */
    public R2dbcRevocationLedger(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Flux<RevokedToken> findUnapplied(Instant now, int limit) {
        return entries(client.sql(ENTRIES + UNAPPLIED + due() + " LIMIT :limit")
                .bind("now", unexpired(now))
                .bind("limit", limit));
    }

    @Override
    public Flux<RevokedToken> findRevokedWithin(Duration age, Instant now, int limit) {
        return entries(client.sql(ENTRIES + "WHERE revoked_at >= TIMESTAMPADD(MICROSECOND, :age, " + time.now()
                        + ") AND expires_at > :now AND " + due() + LATEST_FIRST)
                .bind("age", -TimeUnit.NANOSECONDS.toMicros(age.toNanos()))
                .bind("now", unexpired(now))
                .bind("limit", limit));
    }

    @Override
    public Flux<RevokedToken> findUnexpired(Instant now, @Nullable RevokedToken last, int limit) {
        if (last == null) {
            return entries(client.sql(ENTRIES + "WHERE expires_at > :now AND " + due() + LATEST_FIRST)
                    .bind("now", unexpired(now))
                    .bind("limit", limit));
        }
        return entries(client.sql(ENTRIES + """
                        WHERE expires_at > :now
                          AND (revoked_at < :last OR revoked_at = :last AND digest < :lastDigest)""" + LATEST_FIRST)
                .bind("now", unexpired(now))
                .bind("last", ColumnValues.utc(last.revokedAt()))
                .bind("lastDigest", last.digest())
                .bind("limit", limit));
    }

    /** Reads by the index of the unapplied entries, however many the others are. */
    @Override
    public Mono<LedgerBacklog> backlog(Instant now, int limit) {
        return client.sql("""
                        SELECT COUNT(*) AS entries, COALESCE(TIMESTAMPDIFF(MICROSECOND, MIN(revoked_at), %s), 0) AS age
                        FROM (SELECT revoked_at FROM revoked_token FORCE INDEX (revoked_token_unapplied)
                              %s%s ORDER BY expires_at LIMIT :limit) AS unapplied""".formatted(time.now(), UNAPPLIED, due()))
                .bind("now", unexpired(now))
                .bind("limit", limit)
                .map(R2dbcRevocationLedger::backlog)
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    private static LedgerBacklog backlog(Readable row) {
        long micros = Math.max(0, ColumnValues.number(row, "age"));
        return new LedgerBacklog(ColumnValues.number(row, "entries"), Duration.of(micros, ChronoUnit.MICROS));
    }

    @Override
    public Mono<RevocationReason> findReason(String digest) {
        return client.sql("SELECT reason FROM revoked_token WHERE digest = :digest")
                .bind("digest", digest)
                .map(row -> RevocationReason.ofStoredName(ColumnValues.text(row, "reason")))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * Updates in the order of the primary key, so that two nodes that mark the same entries wait for each other and do not
     * deadlock.
     */
    @Override
    public Mono<Void> markApplied(List<RevokedToken> entries, Instant at) {
        if (entries.isEmpty()) {
            return Mono.empty();
        }
        return client.sql("UPDATE revoked_token t FORCE INDEX (PRIMARY) SET t.applied_at = :at"
                        + " WHERE t.digest IN (:digests) AND t.applied_at IS NULL")
                .bind("at", ColumnValues.utc(at))
                .bind(
                        "digests",
                        entries.stream().map(RevokedToken::digest).sorted().toList())
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    private static Flux<RevokedToken> entries(DatabaseClient.GenericExecuteSpec select) {
        return select.map(R2dbcRevocationLedger::entry).all().onErrorMap(StoreFailures::translate);
    }

    /**
     * Returns the condition for an entry in force. A superseded access token passes until its date. The end of a session counts
     * at once, even if the clock of the server that dated it is ahead of this server's.
     */
    private String due() {
        return "(reason <> 'SUPERSEDED' OR revoked_at <= " + time.now() + ")";
    }

    private static LocalDateTime unexpired(Instant now) {
        return ColumnValues.utc(now.minus(RevokedToken.CLOCK_SKEW));
    }

    private static RevokedToken entry(Readable row) {
        return new RevokedToken(
                ColumnValues.text(row, "digest"),
                RevocationReason.ofStoredName(ColumnValues.text(row, "reason")),
                ColumnValues.instant(row, "expires_at"),
                ColumnValues.instant(row, "revoked_at"));
    }
}
