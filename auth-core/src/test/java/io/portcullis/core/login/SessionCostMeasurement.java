package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.EndResult;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Measures and prints the cost of a session in MySQL: the rows after many refreshes, the rows that a refresh writes,
 * and the duration of a kick of a session that an earlier release has left with 100,000 rows in each token table. Not
 * part of the build: run it with {@code mvn verify -pl auth-core -am -Dtest=none -Dit.test=SessionCostMeasurement
 * -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false}.
 */
class SessionCostMeasurement {
    private static final int REFRESHES = 300;
    private static final int KICKS = 5;

    @Test
    void measure() {
        try (CoreCluster cluster = CoreCluster.start()) {
            cluster.addAccount("alice");
            rows(cluster);
            kicks(cluster);
        }
    }

    private static void rows(CoreCluster cluster) {
        var current = cluster.node(0).login("alice");
        String id = current.sessionId();
        // After grace, like a client that refreshes when its access token expires.
        long before = written(cluster);
        for (int i = 0; i < REFRESHES; i++) {
            cluster.clock().advance(Duration.ofSeconds(11));
            current = cluster.node(i).refresh(current.tokens().refresh()).get();
        }
        System.out.printf(
                "after %d refreshes: access_token %d rows, refresh_token %d rows; %.1f rows written per refresh,"
                        + " the replay's note of the tombstone included%n",
                REFRESHES,
                count(cluster, "access_token", id),
                count(cluster, "refresh_token", id),
                (double) (written(cluster) - before) / REFRESHES);
    }

    private static void kicks(CoreCluster cluster) {
        for (int i = 0; i < KICKS; i++) {
            String id = cluster.node(0).login("alice").sessionId();
            age(cluster, id);
            long rows = count(cluster, "access_token", id) + count(cluster, "refresh_token", id);
            long before = written(cluster);
            long start = System.nanoTime();
            var result = Outcome.of(cluster.node(0)
                    .services()
                    .terminator()
                    .end(id, EndReason.KICKED, new Actor("root", CoreNode.CLIENT)));
            System.out.printf(
                    "kick of a session with %d rows: %.1f ms, %d rows written%n",
                    rows, (System.nanoTime() - start) / 1e6, written(cluster) - before);
            assertThat(result.get()).isEqualTo(EndResult.ENDED);
        }
    }

    /**
     * Inserts 100,000 spent rows of each kind before the session's own, as releases before V2 of the schema left
     * them.
     */
    private static void age(CoreCluster cluster, String id) {
        String digits = IntStream.range(0, 10)
                .mapToObj(i -> "SELECT " + i + " AS d")
                .collect(Collectors.joining(" UNION ALL "));
        String numbers = List.of("a", "b", "c", "e", "f").stream()
                .map(name -> "(" + digits + ") " + name)
                .collect(Collectors.joining(" CROSS JOIN "));
        String n = "a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d";
        cluster.sql().update("UPDATE refresh_token SET generation = 100001 WHERE session_id = '" + id + "'");
        cluster.sql()
                .update(
                        "INSERT INTO refresh_token (digest, session_id, generation, expires_at, used_at) SELECT SHA2(CONCAT('r', '"
                                + id + "', " + n + "), 256), '" + id + "', " + n
                                + " + 1, UTC_TIMESTAMP() + INTERVAL 20 DAY, UTC_TIMESTAMP() - INTERVAL 1 DAY FROM "
                                + numbers);
        cluster.sql()
                .update(
                        "INSERT INTO access_token (digest, session_id, user_id, expires_at, superseded_at) SELECT SHA2(CONCAT('a', '"
                                + id + "', " + n + "), 256), '" + id
                                + "', 'alice', UTC_TIMESTAMP() + INTERVAL 10 MINUTE, UTC_TIMESTAMP() - INTERVAL 1 DAY FROM "
                                + numbers);
    }

    private static long count(CoreCluster cluster, String table, String id) {
        return cluster.sql().number("SELECT COUNT(*) FROM " + table + " WHERE session_id = ?", id);
    }

    /** Returns the number of rows that the server has written, changed or deleted since its start. */
    private static long written(CoreCluster cluster) {
        return List.of("Handler_write", "Handler_update", "Handler_delete").stream()
                .mapToLong(name -> Long.parseLong(cluster.sql()
                        .texts("SHOW GLOBAL STATUS LIKE '" + name + "'")
                        .get(1)))
                .sum();
    }
}
