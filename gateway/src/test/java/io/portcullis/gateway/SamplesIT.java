package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.sample.Sampler;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tests the samples of two nodes and of the number of live sessions (docs/adr/0032). */
class SamplesIT {
    private static final GatewayNode node = GatewayNode.shared();
    private static final GatewayNode other = GatewayNode.start();
    private static final String PASSWORD = "some-demo-pass";
    private static final int CALLS = 7;

    private static String admin = "";
    private static String user = "";

    @BeforeAll
    static void logIn() throws Exception {
        String name = "user-" + UUID.randomUUID();
        node.createAccount(name, PASSWORD, "user");
        user = node.login(name, PASSWORD).get("accessToken").asString();
        admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    @AfterAll
    static void closeOtherNode() {
        other.close();
    }

    private static JsonNode get(String path) throws Exception {
        var response = node.call("GET", path, admin, null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return GatewayNode.data(response);
    }

    /** Returns the sum of a value over all samples that a node has written. */
    private static long sum(GatewayNode of, String value) throws Exception {
        long sum = 0;
        for (JsonNode each : get("/system/node/samples").get("nodes")) {
            if (each.get("node").asString().endsWith(":" + of.uri("/").getPort())) {
                for (JsonNode sample : each.get("samples")) {
                    sum += sample.get(value).asLong();
                }
            }
        }
        return sum;
    }

    private static void sample(GatewayNode of) {
        Objects.requireNonNull(of.bean(Sampler.class)
                .sample("test:" + of.uri("/").getPort())
                .thenReturn(true)
                .block(Duration.ofSeconds(30)));
    }

    /** Keeps a node in degraded mode for at least 5 ms: a start of a node may end before its sampler exists. */
    private static void distrustRedis(GatewayNode of) throws Exception {
        var mode = of.bean(DegradedMode.class);
        long before = mode.degradedNanos();
        Await.until("the node was in degraded mode", () -> {
            mode.enter("a test");
            return mode.degradedNanos() - before >= 5_000_000;
        });
    }

    @Test
    void nodeSamplesWhenTokensAreCheckedThenEachNodeHasItsOwn() throws Exception {
        sample(node);
        sample(other);
        long checks = sum(node, "checks");
        long refused = sum(node, "refused");
        long refusedByOther = sum(other, "refused");
        for (int i = 0; i < CALLS; i++) {
            assertThat(node.proxied(user)).isEqualTo(200);
            assertThat(node.proxied("pca_forged")).isEqualTo(401);
        }
        distrustRedis(other);

        sample(node);
        sample(other);

        // The periodic sample of the node, which this test does not await, may have some of the calls.
        Await.until(
                "the calls are in the samples",
                () -> sum(node, "checks") - checks >= 2 * CALLS && sum(node, "refused") - refused >= CALLS);
        assertThat(sum(other, "refused")).isEqualTo(refusedByOther);
        assertThat(sum(other, "coveredMillis")).isPositive();
        assertThat(sum(other, "degradedMillis")).isPositive();
    }

    @Test
    void sessionSamplesWhenThereAreSomeThenTheirNumbersAndNoOthers() throws Exception {
        long at = System.currentTimeMillis() / 300_000 * 300_000
                - Duration.ofDays(3).toMillis();
        try (var database = GatewayNode.openDatabase();
                var insert = database.createStatement()) {
            insert.executeUpdate("REPLACE INTO session_sample (sampled_at, sessions) VALUES (TIMESTAMPADD(SECOND, "
                    + at / 1000 + ", TIMESTAMP '1970-01-01 00:00:00'), 4711)");
        }
        String range = "/system/session/samples?from=" + at + "&to=" + (at + 300_000);

        JsonNode found = get(range);

        assertThat(found.get("samples").toString()).isEqualTo("[{\"time\":" + at + ",\"sessions\":4711}]");
        assertThat(found.get("from").asLong()).isEqualTo(at);
        assertThat(found.get("stepMillis").asLong()).isEqualTo(300_000);
        sample(node);
        assertThat(get("/system/session/samples").get("samples").size()).isBetween(1, 288);
    }

    @ParameterizedTest
    @CsvSource({
        "from=9&to=9,400",
        "from=9&to=8,400",
        "from=4102444800000,400",
        "from=-1,400",
        "to=now,400",
        "to=253402300800000,400",
        "from=0&to=253402300799999,200",
        "to=1,200",
        "from=&to=,200"
    })
    void samplesWhenTheRangeIsUnusualThenRefusedOrBounded(String query, int status) throws Exception {
        for (String list : new String[] {"node", "session"}) {
            var response = node.call("GET", "/system/" + list + "/samples?" + query, admin, null);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        }
    }

    @Test
    void samplesWhenTheCallerIsNoAdministratorThenRefused() throws Exception {
        for (String list : new String[] {"node", "session"}) {
            String path = "/system/" + list + "/samples";

            assertThat(node.call("GET", path, null, null).statusCode()).isEqualTo(401);
            assertThat(node.call("GET", path, user, null).statusCode()).isEqualTo(403);
        }
    }
}
