package io.portcullis.core.r2dbc;

import io.portcullis.core.sample.NodeReadings;
import io.portcullis.core.sample.NodeSample;
import io.portcullis.core.sample.SampleRange;
import io.portcullis.core.sample.SampleRepository;
import io.portcullis.core.sample.SessionSample;
import io.portcullis.core.sample.TimedNodeSample;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stores samples in the tables {@code node_sample} and {@code session_sample}. Each write is a statement of its own, by primary key. The
 * number of live sessions comes from a {@code SELECT}, because MySQL limits the time of no other statement.
 */
public final class R2dbcSampleRepository implements SampleRepository {
    private static final String STEP = "TIMESTAMPDIFF(SECOND, :from, sampled_at) DIV :step";
    private static final String IN_RANGE = " WHERE sampled_at >= :from AND sampled_at < :to";

    private final DatabaseClient client;
    private final CurrentTimeSql time;

    /** Creates a repository that uses the database's clock. */
    public R2dbcSampleRepository(DatabaseClient client) {
        this(client, CurrentTimeSql.SERVER);
    }

    /** Creates a repository with another source of the current time, for tests. */
    R2dbcSampleRepository(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Mono<Void> save(NodeSample sample) {
        return Mono.defer(() -> client.sql("""
                        INSERT INTO node_sample
                            (sampled_at, node, covered_millis, checks, refused, degraded_millis, streams)
                        VALUES (%s, :node, :covered, :checks, :refused, :degraded, :streams)
                        ON DUPLICATE KEY UPDATE
                            covered_millis = covered_millis + VALUES(covered_millis), checks = checks + VALUES(checks),
                            refused = refused + VALUES(refused),
                            degraded_millis = degraded_millis + VALUES(degraded_millis), streams = VALUES(streams)""".formatted(beginOf(NODE_INTERVAL)))
                        .bind("node", sample.node())
                        .bind("covered", sample.covered().toMillis())
                        .bind("checks", sample.counted().checks())
                        .bind("refused", sample.counted().refused())
                        .bind("degraded", sample.counted().degraded().toMillis())
                        .bind("streams", sample.counted().streams())
                        .then())
                .onErrorMap(StoreFailures::translate);
    }

    /** Returns the beginning of the current interval of this length. */
    private String beginOf(Duration interval) {
        String epoch = "TIMESTAMP '1970-01-01 00:00:00'";
        return "TIMESTAMPADD(SECOND, TIMESTAMPDIFF(SECOND, %1$s, %2$s) DIV %3$d * %3$d, %1$s)"
                .formatted(epoch, time.now(), interval.toSeconds());
    }

    /** Inserts the row of the interval without a number first. Only the node that inserted the row counts the sessions. */
    @Override
    public Mono<Boolean> countSessions() {
        return Mono.defer(() -> client.sql("SELECT " + beginOf(SESSION_INTERVAL) + " AS sampled_at")
                        .map(row -> ColumnValues.instant(row, "sampled_at"))
                        .one())
                .flatMap(at -> begin(at)
                        .filter(began -> began)
                        .flatMap(began -> liveSessions())
                        .flatMap(live -> set(at, live)))
                .hasElement()
                .onErrorMap(StoreFailures::translate);
    }

    /**
     * The update of an existing row locks it exclusively, where {@code INSERT IGNORE} would take a share lock, with which concurrent
     * insertions deadlock. It changes the row, because the server then counts two rows, and one for an insertion.
     */
    private Mono<Boolean> begin(Instant at) {
        return client.sql("INSERT INTO session_sample (sampled_at) VALUES (:at)"
                        + " ON DUPLICATE KEY UPDATE attempts = attempts + 1")
                .bind("at", ColumnValues.utc(at))
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** Counts by the narrowest index, without a look at a row. */
    private Mono<Long> liveSessions() {
        return client.sql("SELECT COUNT(*) AS live FROM auth_session FORCE INDEX (auth_session_expiry)"
                        + " WHERE ended_at IS NULL AND expires_at > " + time.now())
                .map(row -> ColumnValues.number(row, "live"))
                .one();
    }

    private Mono<Long> set(Instant at, long live) {
        return client.sql("UPDATE session_sample SET sessions = :live WHERE sampled_at = :at")
                .bind("live", live)
                .bind("at", ColumnValues.utc(at))
                .fetch()
                .rowsUpdated();
    }

    @Override
    public Mono<List<String>> findNodes(SampleRange range, int limit) {
        return between(
                        range,
                        "SELECT node FROM node_sample" + IN_RANGE
                                + " GROUP BY node ORDER BY MAX(sampled_at) DESC, node LIMIT :limit")
                .bind("limit", limit)
                .map(row -> ColumnValues.text(row, "node"))
                .all()
                .collectList()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Flux<TimedNodeSample> findSamples(SampleRange range, List<String> nodes) {
        if (nodes.isEmpty()) {
            return Flux.empty();
        }
        return between(
                        range,
                        "SELECT node, " + STEP + " AS step, CAST(SUM(covered_millis) AS SIGNED) AS covered,"
                                + " CAST(SUM(checks) AS SIGNED) AS checked, CAST(SUM(refused) AS SIGNED) AS refusals,"
                                + " CAST(SUM(degraded_millis) AS SIGNED) AS degraded, CAST(ROUND(AVG(streams)) AS SIGNED) AS open_streams"
                                + " FROM node_sample" + IN_RANGE
                                + " AND node IN (:nodes) GROUP BY node, step ORDER BY node, step")
                .bind("step", range.step().toSeconds())
                .bind("nodes", nodes)
                .map(row -> sample(row, range))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    private static TimedNodeSample sample(Readable row, SampleRange range) {
        var counted = new NodeReadings(
                ColumnValues.number(row, "checked"),
                ColumnValues.number(row, "refusals"),
                Duration.ofMillis(ColumnValues.number(row, "degraded")),
                Math.toIntExact(ColumnValues.number(row, "open_streams")));
        var covered = Duration.ofMillis(ColumnValues.number(row, "covered"));
        return new TimedNodeSample(
                range.at(ColumnValues.number(row, "step")),
                new NodeSample(ColumnValues.text(row, "node"), covered, counted));
    }

    /** The intervals without a number have no part in the average. */
    @Override
    public Flux<SessionSample> findSessions(SampleRange range) {
        return between(
                        range,
                        "SELECT " + STEP + " AS step, CAST(ROUND(AVG(sessions)) AS SIGNED) AS live"
                                + " FROM session_sample" + IN_RANGE
                                + " AND sessions IS NOT NULL GROUP BY step ORDER BY step")
                .bind("step", range.step().toSeconds())
                .map(row ->
                        new SessionSample(range.at(ColumnValues.number(row, "step")), ColumnValues.number(row, "live")))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    private DatabaseClient.GenericExecuteSpec between(SampleRange range, String sql) {
        return client.sql(sql).bind("from", ColumnValues.utc(range.from())).bind("to", ColumnValues.utc(range.to()));
    }
}
