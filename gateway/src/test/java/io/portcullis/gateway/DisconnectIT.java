package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.InnoDbTransactions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;

/** Tests clients that disconnect at every step of a logout and of a refresh. */
@Tag("database-independent")
class DisconnectIT {
    private static final GatewayNode checker = GatewayNode.shared();
    /** A small pool, so that a connection left inside a transaction would soon be used again. */
    private static final GatewayNode node = GatewayNode.start("--portcullis.mysql.max-connections=4");

    private static final int MAX_DELAY_MILLIS = 40;
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void createUser() {
        node.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void closeNode() {
        node.close();
    }

    private static List<JsonNode> sendAndReset(String path, String field) throws Exception {
        List<JsonNode> pairs = new ArrayList<>();
        for (int delay = 0; delay <= MAX_DELAY_MILLIS; delay += 2) {
            JsonNode pair = node.login(user, PASSWORD);
            String body = "refreshToken=" + pair.get(field).asString();
            RawHttp.sendAndReset(
                    node,
                    "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(path, body.length(), body),
                    delay);
            pairs.add(pair);
        }
        awaitNoTransaction();
        return pairs;
    }

    private static long count(String sql) {
        return Objects.requireNonNull(checker.bean(DatabaseClient.class)
                .sql(sql)
                .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
                .one()
                .block());
    }

    private static void awaitNoTransaction() throws Exception {
        var quiet = new AtomicInteger();
        Await.until("no transaction is open", InnoDbTransactions.fresh(() -> {
            boolean none = count("SELECT COUNT(*) FROM information_schema.innodb_trx") == 0;
            quiet.set(none ? quiet.get() + 1 : 0);
            return quiet.get() == 2;
        }));
    }

    private static int check(JsonNode pair) throws Exception {
        return checker.proxied(pair.get("accessToken").asString());
    }

    @Test
    void logoutWhenClientDisconnectsThenSessionIsWhollyThereOrWhollyGone() throws Exception {
        int gone = 0;
        for (JsonNode pair : sendAndReset("/system/auth/logout", "refreshToken")) {
            int access = check(pair);
            assertThat(access).isIn(200, 401);
            assertThat(checker.refresh(pair.get("refreshToken").asString()).statusCode())
                    .isEqualTo(access);
            gone += access == 401 ? 1 : 0;
        }
        assertThat(gone).as("a logout that has begun is finished").isPositive();
        assertLaterWritesAreKept();
    }

    @Test
    void refreshWhenClientDisconnectsThenItYieldsOnePairAllTheSame() throws Exception {
        int spent = 0;
        for (JsonNode pair : sendAndReset("/system/auth/refresh-token", "refreshToken")) {
            String session = "session_id = '" + pair.get("sessionId").asString() + "'";
            spent += (int) count("SELECT COUNT(*) FROM refresh_token WHERE used_at IS NOT NULL AND " + session);
            var again = checker.refresh(pair.get("refreshToken").asString());
            assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
            assertThat(check(GatewayNode.data(again))).isEqualTo(200);
            assertThat(check(pair))
                    .as("the replaced access token is within grace")
                    .isEqualTo(200);
            assertThat(count("SELECT COUNT(*) FROM access_token WHERE superseded_at IS NULL AND " + session))
                    .isOne();
            assertThat(count("SELECT COUNT(*) FROM refresh_token WHERE used_at IS NULL AND " + session))
                    .isOne();
        }
        assertThat(spent).as("a refresh that has begun is finished").isPositive();
        assertLaterWritesAreKept();
    }

    private static void assertLaterWritesAreKept() throws Exception {
        for (int i = 0; i < 12; i++) {
            String id = node.login(user, PASSWORD).get("sessionId").asString();
            assertThat(count("SELECT COUNT(*) FROM auth_session WHERE id = '" + id + "'"))
                    .isOne();
        }
        awaitNoTransaction();
    }
}
