package io.portcullis.core.r2dbc;

import io.portcullis.core.sample.NodeIdentity;
import io.portcullis.core.sample.NodeRepository;
import io.portcullis.core.sample.ReportedNode;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Stores the nodes in the table {@code gateway_node}. Each write is a statement of its own. */
public final class R2dbcNodeRepository implements NodeRepository {
    private final DatabaseClient client;
    private final CurrentTimeSql time;

    /** Creates a repository that uses the database's clock. */
    public R2dbcNodeRepository(DatabaseClient client) {
        this(client, CurrentTimeSql.SERVER);
    }

    /** Creates a repository with another source of the current time, for tests. */
    R2dbcNodeRepository(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Mono<Void> report(NodeIdentity node, Duration uptime) {
        return Mono.defer(() -> client.sql("""
                        INSERT INTO gateway_node (node, version, java, started_at, seen_at)
                        VALUES (:node, :version, :java, TIMESTAMPADD(MICROSECOND, :uptime, %1$s), %1$s)
                        ON DUPLICATE KEY UPDATE version = VALUES(version), java = VALUES(java),
                            started_at = VALUES(started_at), seen_at = VALUES(seen_at)""".formatted(time.now()))
                        .bind("node", node.name())
                        .bind("version", node.version())
                        .bind("java", node.java())
                        .bind("uptime", -micros(uptime))
                        .then())
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<List<ReportedNode>> findReported(Duration age, int limit) {
        return Mono.defer(() -> client.sql("""
                        SELECT node, version, java, started_at, TIMESTAMPDIFF(MICROSECOND, seen_at, %1$s) AS silence
                        FROM gateway_node WHERE seen_at >= TIMESTAMPADD(MICROSECOND, :age, %1$s)
                        ORDER BY seen_at DESC, node LIMIT :limit""".formatted(time.now()))
                        .bind("age", -micros(age))
                        .bind("limit", limit)
                        .map(R2dbcNodeRepository::node)
                        .all()
                        .collectList())
                .onErrorMap(StoreFailures::translate);
    }

    private static ReportedNode node(Readable row) {
        return new ReportedNode(
                new NodeIdentity(
                        ColumnValues.text(row, "node"),
                        ColumnValues.text(row, "version"),
                        ColumnValues.text(row, "java")),
                ColumnValues.instant(row, "started_at"),
                Duration.of(Math.max(0, ColumnValues.number(row, "silence")), ChronoUnit.MICROS));
    }

    @Override
    public Mono<Void> removeOlderThan(Duration age) {
        return Mono.defer(() -> client.sql("DELETE FROM gateway_node WHERE seen_at < TIMESTAMPADD(MICROSECOND, :age, "
                                + time.now() + ")")
                        .bind("age", -micros(age))
                        .then())
                .onErrorMap(StoreFailures::translate);
    }

    private static long micros(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
    }
}
