package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.testbed.Await;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** A connection to MySQL that dies in the middle of a transaction, so that its rollback fails as well. */
class CutTransactionIT {
    private static final GatewayNode node = GatewayNode.shared();

    private final String user = "user-" + UUID.randomUUID();

    private CompletableFuture<HttpResponse<String>> enable(String id, String token) {
        return GatewayNode.HTTP.sendAsync(
                HttpRequest.newBuilder(node.uri("/system/account/" + id + "/status"))
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + token)
                        .PUT(HttpRequest.BodyPublishers.ofString("{\"status\":\"enabled\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static List<Long> waitingThreads(Connection database) throws SQLException {
        List<Long> threads = new ArrayList<>();
        try (var statement = database.createStatement();
                var rows = statement.executeQuery(
                        "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT%FROM account%FOR UPDATE'")) {
            while (rows.next()) {
                threads.add(rows.getLong(1));
            }
        }
        return threads;
    }

    private static void killWaiting(Connection database) throws SQLException {
        List<Long> threads = new ArrayList<>();
        Await.until("the transaction waits for the row", () -> threads.addAll(waitingThreads(database)));
        assertThat(threads).hasSize(1);
        try (var statement = database.createStatement()) {
            for (long thread : threads) {
                statement.execute("KILL " + thread);
            }
        }
    }

    @Test
    void callWhenItsTransactionIsCutThenToRetryAndNoStackTraceIsLogged() throws Exception {
        String admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
        node.createAccount(user, "some-demo-pass", "user");
        String id = GatewayNode.data(node.call("GET", "/system/account/page?username=" + user, admin, null))
                .get("list")
                .get(0)
                .get("id")
                .asString();
        try (var log = LogCapture.of(Logger.ROOT_LOGGER_NAME, Level.WARN);
                Connection holder = GatewayNode.openDatabase();
                Connection killer = GatewayNode.openDatabase();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT * FROM account WHERE username = '" + user + "' FOR UPDATE");
            var call = enable(id, admin);
            killWaiting(killer);

            assertThat(call.join().statusCode()).isEqualTo(503);
            holder.rollback();
            assertThat(log.lines()).as("the failure is told").anyMatch(line -> line.contains("answered UNAVAILABLE"));
            assertThat(log.traces()).isEmpty();
        }
        assertThat(enable(id, admin).join().statusCode()).isEqualTo(200);
    }
}
