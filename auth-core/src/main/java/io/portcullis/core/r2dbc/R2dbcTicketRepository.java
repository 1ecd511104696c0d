package io.portcullis.core.r2dbc;

import io.portcullis.core.ticket.TicketRepository;
import io.portcullis.core.token.store.Identity;
import java.time.Instant;
import java.util.Objects;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Stores unused tickets in the table {@code auth_ticket}. A use deletes the row by primary key: the first of concurrent uses locks the
 * row, and the other uses find no row when the transaction of the first one has committed.
 */
public final class R2dbcTicketRepository implements TicketRepository {
    private final DatabaseClient client;
    private final CurrentTimeSql time;

    /** Creates a repository that uses the database's clock. */
    public R2dbcTicketRepository(DatabaseClient client) {
        this(client, CurrentTimeSql.SERVER);
    }

    /** Creates a repository with another source of the current time, for tests. */
    public R2dbcTicketRepository(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Mono<Void> insert(String digest, String sessionId, Instant expiresAt) {
        return client.sql(
                        "INSERT INTO auth_ticket (digest, session_id, expires_at) VALUES (:digest, :sessionId, :expiresAt)")
                .bind("digest", digest)
                .bind("sessionId", sessionId)
                .bind("expiresAt", ColumnValues.utc(expiresAt))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Long> countOpen(String sessionId) {
        return client.sql("SELECT COUNT(*) AS open FROM auth_ticket WHERE session_id = :sessionId AND expires_at > "
                        + time.now())
                .bind("sessionId", sessionId)
                .map(row -> Objects.requireNonNull(row.get("open", Long.class), "open"))
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Boolean> consume(String digest) {
        return client.sql(
                        "DELETE t FROM auth_ticket t FORCE INDEX (PRIMARY) WHERE t.digest = :digest AND t.expires_at > "
                                + time.now())
                .bind("digest", digest)
                .fetch()
                .rowsUpdated()
                .map(deleted -> deleted == 1)
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Identity> findIdentity(String sessionId) {
        return client.sql("""
                        SELECT %s FROM auth_session
                        WHERE id = :sessionId AND ended_at IS NULL AND expires_at > %s""".formatted(IdentityRows.COLUMNS, time.now()))
                .bind("sessionId", sessionId)
                .map(IdentityRows::identity)
                .one()
                .onErrorMap(StoreFailures::translate);
    }
}
