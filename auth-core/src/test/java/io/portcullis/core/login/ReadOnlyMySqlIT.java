package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.testbed.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests what callers get while MySQL is read-only for the gateway's account, and after it, with connections of the
 * node in use.
 */
@Timeout(180)
class ReadOnlyMySqlIT {
    private static final String USER = "read_only_application";
    private static final String PASSWORD = "application-pass";

    private CoreCluster cluster;
    private CoreNode node;

    @BeforeEach
    void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice");
        String database = cluster.sql().texts("SELECT DATABASE()").get(0);
        cluster.sql().update("CREATE USER IF NOT EXISTS '" + USER + "'@'127.0.0.1' IDENTIFIED BY '" + PASSWORD + "'");
        cluster.sql()
                .update("GRANT SELECT, INSERT, UPDATE, DELETE ON " + database + ".* TO '" + USER + "'@'127.0.0.1'");
        node = CoreNode.start(
                cluster.url(),
                USER,
                PASSWORD,
                cluster.redisSettings(),
                CoreCluster.KEYS,
                cluster.clock(),
                cluster.clock()::currentTimeSql,
                WhenRedisFails.REJECT);
        node.awaitTrust();
    }

    @AfterEach
    void stop() {
        cluster.sql().update("SET GLOBAL read_only = 0");
        node.close();
        cluster.close();
    }

    @Test
    void callsWhenMySqlIsReadOnlyThenNoSessionIsRefusedAndAllWorksAfterwards() {
        var login = node.login("alice");
        var access = login.tokens().access();
        cluster.sql().update("SET GLOBAL read_only = 1");

        assertThat(node.check(access).error()).isNull();
        cluster.redis().del(CoreCluster.key(access));
        for (int i = 0; i < 10; i++) {
            assertThat(node.check(access).error()).isIn(null, ErrorCode.UNAVAILABLE);
        }
        assertThat(node.login("alice", CoreCluster.PASSWORD).error()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(node.refresh(login.tokens().refresh()).error()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(node.logout(access).error()).isEqualTo(ErrorCode.UNAVAILABLE);
        cluster.sql().update("SET GLOBAL read_only = 0");

        Await.until(
                "logins work", () -> node.login("alice", CoreCluster.PASSWORD).succeeded());
        Await.until("checks work", () -> node.check(access).error() == null);
        assertThat(node.refresh(login.tokens().refresh()).succeeded()).isTrue();
    }
}
