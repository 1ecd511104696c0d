package io.portcullis.gateway;

import static io.portcullis.gateway.OutageNode.access;
import static io.portcullis.gateway.OutageNode.assertRetryLater;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.WriteRefusal;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Tests what health and metrics tell while a store fails, and by which store a check was answered. */
class StoreHealthIT {
    private static final OutageNode outage = OutageNode.start();
    private static final GatewayNode node = outage.node();

    @AfterAll
    static void close() {
        outage.close();
    }

    /** Waits until Redis is trusted again, because no store could answer if the next test stops MySQL during the recovery. */
    @BeforeEach
    void awaitTrust() throws Exception {
        outage.awaitTrust();
    }

    /** The root cause of a store's failure stands in one line. */
    @AfterEach
    void requireNoStackTraces() {
        assertThat(outage.stackTraces()).isEmpty();
    }

    /** Returns the sum of a metric's values over all tags that the fragment does not contain. */
    private static double metric(String name, String tags) throws Exception {
        return node.health("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(tags))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static double metric(String name) throws Exception {
        return metric(name, "");
    }

    private static JsonNode stores() throws Exception {
        return GatewayNode.JSON
                .readTree(node.health("/actuator/health").body())
                .get("components")
                .get("stores");
    }

    private static String storesDetail(String name) throws Exception {
        return stores().get("details").get(name).asString();
    }

    private static void awaitAllIsWell() throws Exception {
        Await.until(
                "all is well",
                () -> metric("portcullis_logins_possible") == 1
                        && metric("portcullis_logouts_possible") == 1
                        && metric("portcullis_degraded") == 0
                        && metric("portcullis_redis_connections_missing") == 0
                        && stores().get("status").asString().equals("UP"));
        assertThat(storesDetail("checks")).isEqualTo("in Redis");
        assertThat(storesDetail("logins")).isEqualTo("possible");
        assertThat(storesDetail("logouts")).isEqualTo("possible");
    }

    private static void assertServes() throws Exception {
        assertThat(stores().get("status").asString()).isEqualTo("DEGRADED");
        assertThat(node.health("/actuator/health/readiness").statusCode()).isEqualTo(200);
    }

    @Tag("database-independent")
    @ParameterizedTest
    @EnumSource
    void healthWhenRedisRefusesWritesThenNoSessionCanBeEndedAndTheReasonIsTold(WriteRefusal refusal) throws Exception {
        awaitAllIsWell();
        double entered = metric("portcullis_degraded_entered_total");
        refusal.begin(outage.redis());
        try {
            Await.until("noticed", () -> metric("portcullis_degraded") == 1);
            Await.until("no logouts", () -> metric("portcullis_logouts_possible") == 0);

            assertThat(metric("portcullis_degraded_entered_total")).isGreaterThan(entered);
            assertThat(metric("portcullis_logins_possible")).isEqualTo(1);
            assertThat(storesDetail("checks")).startsWith("in MySQL: ");
            assertThat(storesDetail("logouts")).startsWith("not possible: Redis ");
            assertThat(storesDetail("logins")).isEqualTo("possible");
            assertServes();
        } finally {
            refusal.end(outage.redis());
        }
        awaitAllIsWell();
    }

    @Test
    void metricWhenOneConnectionToRedisCannotBeEstablishedThenItIsCountedAsMissing() throws Exception {
        awaitAllIsWell();
        String unused = outage.redis().execute("ACL", "SETUSER", "default", "-subscribe");
        try {
            unused = outage.redis().execute("CLIENT", "KILL", "TYPE", "pubsub");
            Await.until("one is missing", () -> metric("portcullis_redis_connections_missing") == 1);
            Await.until("Redis is trusted", () -> metric("portcullis_degraded") == 0);
            assertThat(storesDetail("checks")).isEqualTo("in Redis");
        } finally {
            unused = outage.redis().execute("ACL", "SETUSER", "default", "+subscribe");
        }
        awaitAllIsWell();
    }

    @Tag("database-independent")
    @Test
    void healthWhenRedisIsFrozenAndNobodyCallsThenDegraded() throws Exception {
        awaitAllIsWell();
        Signals.stop(outage.redis().pid());
        try {
            Await.until("noticed", () -> metric("portcullis_degraded") == 1);
            Await.until("no logouts", () -> metric("portcullis_logouts_possible") == 0);
            assertThat(storesDetail("logouts")).isEqualTo("not possible: Redis does not answer in time");
            assertServes();
        } finally {
            Signals.resume(outage.redis().pid());
        }
        awaitAllIsWell();
    }

    @Test
    void healthWhenMySqlAnswersReadsAndTakesNoWritesThenNobodyCanLogIn() throws Exception {
        awaitAllIsWell();
        try (Connection connection = outage.openDatabase();
                Statement statement = connection.createStatement()) {
            statement.execute("FLUSH TABLES WITH READ LOCK");
            try {
                Await.until("no logins", () -> metric("portcullis_logins_possible") == 0);
                Await.until("a transaction hangs", () -> metric("portcullis_transactions_active") > 0);

                assertThat(metric("portcullis_logouts_possible")).isZero();
                assertThat(storesDetail("logins")).startsWith("not possible: MySQL ");
                assertThat(storesDetail("mysql")).isEqualTo("UP");
                assertServes();
            } finally {
                statement.execute("UNLOCK TABLES");
            }
        }
        awaitAllIsWell();
    }

    @Test
    void healthWhenOnlyLoginsFailInMySqlThenTheyTellAndNotTheProbe() throws Exception {
        awaitAllIsWell();
        try (Connection connection = outage.openDatabase();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TRIGGER full_disk BEFORE INSERT ON auth_session FOR EACH ROW"
                    + " SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'");
            try {
                assertRetryLater(outage.tryLogin());

                assertThat(metric("portcullis_logins_possible")).isZero();
                assertThat(storesDetail("logins"))
                        .startsWith("not possible: MySQL fails")
                        .contains("1114")
                        .doesNotContain("full");
            } finally {
                statement.execute("DROP TRIGGER full_disk");
            }
        }
        assertThat(outage.tryLogin().statusCode()).isEqualTo(200);
        awaitAllIsWell();
    }

    @Test
    void checksWhenAnsweredByEachSourceThenCountedUnderIt() throws Exception {
        awaitAllIsWell();
        JsonNode pair = outage.login();
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        double byRedis = metric("portcullis_checks_total", "answered_by=\"redis\"");
        double byNone = metric("portcullis_checks_total", "answered_by=\"none\"");
        double byRefill = metric("portcullis_checks_total", "answered_by=\"refill\"");
        double byMysql = metric("portcullis_checks_total", "answered_by=\"mysql\"");

        assertThat(node.proxied(access(pair))).isEqualTo(200);
        assertThat(node.proxied("pca_garbage")).isEqualTo(401);
        String unused = outage.redis().execute("FLUSHALL");
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        WriteRefusal.OUT_OF_MEMORY.begin(outage.redis());
        try {
            Await.until("noticed", () -> metric("portcullis_degraded") == 1);
            assertThat(node.proxied(access(pair))).isEqualTo(200);
        } finally {
            WriteRefusal.OUT_OF_MEMORY.end(outage.redis());
        }

        assertThat(metric("portcullis_checks_total", "answered_by=\"redis\"")).isEqualTo(byRedis + 1);
        assertThat(metric("portcullis_checks_total", "answered_by=\"none\"")).isEqualTo(byNone + 1);
        assertThat(metric("portcullis_checks_total", "answered_by=\"refill\"")).isEqualTo(byRefill + 1);
        assertThat(metric("portcullis_checks_total", "answered_by=\"mysql\"")).isEqualTo(byMysql + 1);
        awaitAllIsWell();
    }
}
