package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.login.AccountService;
import io.portcullis.core.termination.Actor;
import io.portcullis.testbed.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Two nodes with a Redis server of their own, one with the fast path and one without. The second one's janitor does not rest. */
final class SessionNodes implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final RedisServer redis = RedisServer.start();
    private final List<GatewayNode> nodes = List.of(
            start(RequestPath.FAST_PATH, "--portcullis.janitor.enabled=false"),
            start(RequestPath.FILTER_CHAIN, "--portcullis.janitor.interval=1s"));
    private final String administrator;

    SessionNodes() throws Exception {
        administrator = nodes.get(0)
                .login("admin", "admin-demo-pass")
                .get("accessToken")
                .asString();
        for (GatewayNode node : nodes) {
            readEachBody(node);
        }
    }

    /**
     * Has the node read one body of each type. The first reading of a type makes Jackson build its reader under a lock, and a second
     * request for the same type, on another event loop, would wait for that lock, which BlockHound reports.
     */
    private void readEachBody(GatewayNode node) throws Exception {
        String name = "first-" + UUID.randomUUID();
        String account = "/system/account/" + createAccount(name, "first-demo-pass");
        put(node, account + "/status", administrator, "{\"status\":\"enabled\"}");
        put(node, account + "/password", administrator, "{\"newPassword\":\"second-demo-pass\"}");
        String access = node.login(name, "second-demo-pass").get("accessToken").asString();
        put(
                node,
                "/system/auth/password",
                access,
                "{\"currentPassword\":\"second-demo-pass\",\"newPassword\":\"third-demo-pass\"}");
    }

    private static void put(GatewayNode node, String path, String token, String body) throws Exception {
        assertThat(node.call("PUT", path, token, body).statusCode()).as(path).isEqualTo(200);
    }

    private GatewayNode start(RequestPath path, String janitor) {
        return GatewayNode.start(
                path.argument(),
                janitor,
                "--portcullis.refresh.grace=" + SessionModel.GRACE + "s",
                "--spring.data.redis.port=" + redis.port());
    }

    GatewayNode any(Random random) {
        return nodes.get(random.nextInt(nodes.size()));
    }

    RedisServer redis() {
        return redis;
    }

    /** Returns an access token of an administrator. */
    String administrator() {
        return administrator;
    }

    /** Creates an account and returns its id. */
    String createAccount(String username, String password) {
        return Objects.requireNonNull(nodes.get(0)
                        .bean(AccountService.class)
                        .create(
                                new NewAccount(username, password, Set.of("user"), "user"),
                                TenantScope.ALL,
                                Actor.gateway())
                        .block(LIMIT))
                .id();
    }

    @Override
    public void close() throws IOException {
        nodes.forEach(GatewayNode::close);
        redis.close();
    }
}
