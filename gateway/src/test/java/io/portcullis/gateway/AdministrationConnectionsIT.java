package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Tests that pages which hang in the database take no connection from the calls of users. */
@Timeout(120)
class AdministrationConnectionsIT {
    private static final int PAGES = 40;

    @Test
    void refreshWhenManyPagesHangThenServedAndThePagesAreRefused() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(PAGES);
        try (var node = GatewayNode.start(
                        "--portcullis.mysql.max-connections=4", "--portcullis.mysql.admin-connections=1");
                var connection = GatewayNode.openDatabase();
                var statement = connection.createStatement()) {
            JsonNode pair = node.login("admin", "admin-demo-pass");
            String token = pair.get("accessToken").asString();
            statement.execute("LOCK TABLES login_log WRITE");
            List<CompletableFuture<Integer>> pages = new ArrayList<>();
            for (int i = 0; i < PAGES; i++) {
                pages.add(CompletableFuture.supplyAsync(() -> page(node, token), threads));
            }

            // The first answer is that of a page for which there is no room in the queue, or whose time is over.
            CompletableFuture.anyOf(pages.toArray(CompletableFuture<?>[]::new)).join();
            assertThat(node.refresh(pair.get("refreshToken").asString()).statusCode())
                    .isEqualTo(200);
            assertThat(pages).allMatch(page -> page.join() == 503);

            statement.execute("UNLOCK TABLES");
            assertThat(page(node, token)).isEqualTo(200);
        } finally {
            threads.shutdownNow();
        }
    }

    private static int page(GatewayNode node, String token) {
        try {
            return node.call("GET", "/system/login-log/page", token, null).statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
