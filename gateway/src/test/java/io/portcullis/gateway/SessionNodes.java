package io.portcullis.gateway;

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

/** Two nodes with a Redis server of their own, one with the fast path and one without. The second one's janitor does not rest. */
final class SessionNodes implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final RedisServer redis = RedisServer.start();
    private final List<GatewayNode> nodes;
    private final String administrator;

    /**
     * Starts the nodes.
     *
     * @param first the beans of the test that the node with the fast path has
     * @param second those of the other one
     */
    SessionNodes(Class<?> first, Class<?> second) throws Exception {
        nodes = List.of(
                start(first, RequestPath.FAST_PATH, "--portcullis.janitor.enabled=false"),
                start(second, RequestPath.FILTER_CHAIN, "--portcullis.janitor.interval=1s"));
        administrator = nodes.get(0)
                .login("admin", "admin-demo-pass")
                .get("accessToken")
                .asString();
    }

    private GatewayNode start(Class<?> beans, RequestPath path, String janitor) {
        return GatewayNode.startWith(
                beans,
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
