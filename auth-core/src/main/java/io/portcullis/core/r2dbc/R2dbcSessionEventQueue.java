package io.portcullis.core.r2dbc;

import io.portcullis.core.event.PendingEvent;
import io.portcullis.core.event.SessionEventQueue;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Reads and updates the pending rows of the table {@code session_event}. Rows are changed by primary key alone, so a delivery waits for no
 * login or logout, and none of these waits for a delivery.
 *
 * <pre>
 * findDue   SELECT DISTINCT e.* FROM (SELECT session_id ... WHERE state = 'PENDING' AND next_attempt_at &lt;= now
 *           ORDER BY next_attempt_at LIMIT n) JOIN session_event e (index session_event_due, then session_event_ordinal)
 * </pre>
 */
public final class R2dbcSessionEventQueue implements SessionEventQueue {
    private static final String UPDATE = "UPDATE session_event FORCE INDEX (PRIMARY) SET ";
    private static final String PENDING = " AND state = 'PENDING'";
    private static final int MAX_FAILURE = 255;

    private final DatabaseClient client;
    private final CurrentTimeSql time;

    /** Creates a repository that uses the given clock, {@link CurrentTimeSql#SERVER} except in tests. */
    public R2dbcSessionEventQueue(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Mono<List<PendingEvent>> findDue(int sessions) {
        return client.sql("""
                        SELECT DISTINCT e.*, (e.next_attempt_at <= %1$s) AS due,
                            TIMESTAMPDIFF(MICROSECOND, e.created_at, %1$s) AS age
                        FROM (SELECT session_id FROM session_event FORCE INDEX (session_event_due)
                            WHERE state = 'PENDING' AND next_attempt_at <= %1$s
                            ORDER BY next_attempt_at LIMIT :sessions) d
                        JOIN session_event e FORCE INDEX (session_event_ordinal) ON e.session_id = d.session_id
                        WHERE e.state = 'PENDING'
                        ORDER BY e.session_id, e.ordinal""".formatted(time.now()))
                .bind("sessions", sessions)
                .map(R2dbcSessionEventQueue::pending)
                .all()
                .collectList()
                .onErrorMap(StoreFailures::translate);
    }

    private static PendingEvent pending(Readable row) {
        return new PendingEvent(
                SessionEventRows.event(row),
                age(row),
                SessionEventRows.count(row, "attempts"),
                SessionEventRows.count(row, "refusals"),
                ColumnValues.number(row, "due") == 1,
                ColumnValues.instant(row, "next_attempt_at"));
    }

    @Override
    public Mono<Void> remove(String id) {
        return client.sql("DELETE t FROM session_event t FORCE INDEX (PRIMARY) WHERE t.id = :id")
                .bind("id", id)
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> retryLater(
            String id, String failure, boolean refused, Duration delay, Collection<String> behind) {
        String next = "next_attempt_at = TIMESTAMPADD(MICROSECOND, " + micros(delay) + ", " + time.now() + ")";
        Mono<Void> failed = client.sql(UPDATE + next
                        + ", attempts = attempts + 1, refusals = refusals + :refused, last_failure = :failure WHERE id = :id"
                        + PENDING)
                .bind("refused", refused ? 1 : 0)
                .bind("failure", ColumnValues.cut(failure, MAX_FAILURE))
                .bind("id", id)
                .then();
        return failed.then(Mono.defer(() -> delay(behind, next))).onErrorMap(StoreFailures::translate);
    }

    private Mono<Void> delay(Collection<String> behind, String next) {
        return behind.isEmpty()
                ? Mono.empty()
                : client.sql(UPDATE + next + " WHERE id IN (:ids)" + PENDING)
                        .bind("ids", behind)
                        .then();
    }

    @Override
    public Mono<Void> waitUntil(Collection<String> ids, Instant until) {
        return ids.isEmpty()
                ? Mono.empty()
                : client.sql(UPDATE + "next_attempt_at = :until WHERE id IN (:ids)" + PENDING)
                        .bind("until", ColumnValues.utc(until))
                        .bind("ids", ids)
                        .then()
                        .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> giveUp(String id, String failure) {
        return client.sql(UPDATE + "state = 'DEAD', attempts = attempts + 1, last_failure = :failure WHERE id = :id"
                        + PENDING)
                .bind("failure", ColumnValues.cut(failure, MAX_FAILURE))
                .bind("id", id)
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Long> giveUpOlderThan(Duration age, int limit) {
        return client.sql("""
                        UPDATE session_event FORCE INDEX (session_event_state) SET state = 'DEAD'
                        WHERE state = 'PENDING' AND created_at < TIMESTAMPADD(MICROSECOND, -%d, %s)
                        ORDER BY created_at, id LIMIT :limit""".formatted(micros(age), time.now()))
                .bind("limit", limit)
                .fetch()
                .rowsUpdated()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Duration> oldestAge() {
        return client.sql("""
                        SELECT TIMESTAMPDIFF(MICROSECOND, created_at, %s) AS age
                        FROM session_event FORCE INDEX (session_event_state)
                        WHERE state = 'PENDING' ORDER BY created_at, id LIMIT 1""".formatted(time.now()))
                .map(R2dbcSessionEventQueue::age)
                .one()
                .onErrorMap(StoreFailures::translate);
    }

    private static Duration age(Readable row) {
        return Duration.ofNanos(Math.max(0, ColumnValues.number(row, "age")) * 1_000);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}
