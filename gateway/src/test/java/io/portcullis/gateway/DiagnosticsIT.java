package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tests what the diagnostics tell an administrator, and that they tell no secret. */
@Tag("database-independent")
class DiagnosticsIT {
    private static final String PATH = "/system/diagnostics";

    private final GatewayNode node = MeasuredNode.shared();

    private String admin() throws Exception {
        return MeasuredNode.access(node.login("admin", "admin-demo-pass"));
    }

    private String body() throws Exception {
        var response = node.call("GET", PATH, admin(), null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
        return response.body();
    }

    private JsonNode data() throws Exception {
        return GatewayNode.JSON.readTree(body()).get("data");
    }

    @Test
    void diagnosticsWhenReadThenNoSecretOfTheConfiguration() throws Exception {
        String body = body();

        assertThat(body)
                .doesNotContain(
                        MeasuredNode.CANARY,
                        MeasuredNode.KEY,
                        "admin-demo-pass",
                        "pca_",
                        "pcr_",
                        "\"" + io.portcullis.testbed.Testbed.shared().database().password() + "\"");
        JsonNode configuration = GatewayNode.JSON.readTree(body).at("/data/configuration");
        for (String secret : new String[] {
            "portcullis.token.keys",
            "portcullis.bootstrap-admin.username",
            "portcullis.bootstrap-admin.password",
            "portcullis.oauth2.clients",
            "portcullis.events.webhook.secret",
            "portcullis.events.webhook.previous-secret",
            "portcullis.events.webhook.authorization"
        }) {
            assertThat(configuration.get(secret).asString()).as(secret).isEqualTo("***");
        }
    }

    @Test
    void diagnosticsWhenReadThenTheConfigurationInForceWithItsDefaults() throws Exception {
        JsonNode configuration = data().get("configuration");

        assertThat(configuration.get("portcullis.refresh.grace").asString()).isEqualTo("PT0S");
        assertThat(configuration.get("portcullis.token.access-ttl").asString()).isEqualTo("PT30M");
        assertThat(configuration.get("portcullis.access-log.enabled").asBoolean())
                .isTrue();
        assertThat(configuration.get("portcullis.http.cookies").asString()).isEqualTo("OFF");
        assertThat(configuration.get("portcullis.account.query").isNull()).isTrue();
        assertThat(configuration.get("spring.r2dbc.url").asString())
                .startsWith("r2dbc:m")
                .doesNotContain("?");
        assertThat(configuration.get("spring.data.redis.port").asString()).matches("\\d+");
    }

    @Test
    void diagnosticsWhenAllIsWellThenVersionsStoresPoolsAndTheLedger() throws Exception {
        node.awaitTrust();
        JsonNode data = data();

        assertThat(data.at("/versions/java").asString())
                .isEqualTo(Runtime.version().toString());
        assertThat(data.at("/versions/springBoot").asString()).startsWith("4.");
        assertThat(data.at("/versions/portcullis").asString()).isNotBlank();
        for (JsonNode store : data.get("stores")) {
            assertThat(store.get("reachable").asBoolean()).as(store.toString()).isTrue();
            assertThat(store.get("version").asString()).matches("\\d+\\.\\d+\\..+");
            assertThat(store.get("latencyMillis").asDouble()).isPositive();
        }
        assertThat(data.at("/stores/1/kind").asString()).isEqualTo("server");
        Set<String> pools = new HashSet<>();
        data.get("pools").forEach(pool -> pools.add(pool.get("name").asString()));
        assertThat(pools)
                .contains(
                        "connectionPool",
                        "tokenCheckPool",
                        "administrationPool",
                        "ledgerReplayPool",
                        "sessionEventPool");
        assertThat(data.at("/pools/0/size").asInt()).isPositive();
        assertThat(data.get("redisConnectionsMissing").asInt()).isZero();
        assertThat(data.at("/degraded/active").asBoolean()).isFalse();
        assertThat(data.at("/degraded/reason").isNull()).isTrue();
        assertThat(data.at("/writes/loginFailure").isNull()).isTrue();
        assertThat(data.at("/ledger/unapplied").asLong()).isNotNegative();
    }

    @Test
    void diagnosticsWhenNodesReportThemselvesThenEachIsListed() throws Exception {
        try (GatewayNode other = GatewayNode.start("--spring.r2dbc.url=" + MeasuredNode.DATABASE)) {
            for (GatewayNode each : new GatewayNode[] {node, other}) {
                String port = ":" + each.uri("/").getPort();
                Await.until(
                        "the node is listed",
                        () -> StreamSupport.stream(data().get("nodes").spliterator(), false)
                                .anyMatch(row -> row.get("name").asString().endsWith(port)
                                        && row.get("alive").asBoolean()
                                        && row.get("silentMillis").asLong() < 30_000
                                        && row.get("java")
                                                .asString()
                                                .equals(Runtime.version().toString())));
            }
        }
        assertThat(data().get("node").asString()).endsWith(":" + node.uri("/").getPort());
    }

    @Test
    void diagnosticsWhenTheCallerIsNoAdministratorThenRefused() throws Exception {
        assertThat(node.call("GET", PATH, null, null).statusCode()).isEqualTo(401);
        assertThat(node.call("GET", PATH, MeasuredNode.access(MeasuredNode.login()), null)
                        .statusCode())
                .isEqualTo(403);
    }
}
