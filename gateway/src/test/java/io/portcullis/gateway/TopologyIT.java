package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.redis.RedisConnections;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisCluster;
import io.portcullis.testbed.RedisSentinel;
import io.portcullis.testbed.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Tests Redis with Sentinel and Cluster, under Spring's property names: a failover that loses tombstones revives no ended session
 * and ends no live one (I1, I6).
 */
@Tag("database-independent")
class TopologyIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final int SESSIONS = 8;

    private static GatewayNode sentinelNode(RedisSentinel group) {
        return GatewayNode.start(
                "--spring.data.redis.sentinel.master=" + group.masterName(),
                "--spring.data.redis.sentinel.nodes=" + String.join(",", group.nodes()));
    }

    private static GatewayNode clusterNode(RedisCluster cluster) {
        return GatewayNode.start("--spring.data.redis.cluster.nodes=" + String.join(",", cluster.nodes()));
    }

    private static List<String> logins(GatewayNode node, String user, int count) throws Exception {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonNode pair = node.login(user, PASSWORD);
            tokens.add(pair.get("accessToken").asString());
        }
        return tokens;
    }

    private static void logout(GatewayNode node, List<String> tokens) throws Exception {
        for (String token : tokens) {
            Await.until(
                    "logout",
                    () -> node.call("POST", "/system/auth/logout", token, null).statusCode() == 200);
        }
    }

    private static void assertAll(GatewayNode node, List<String> live, List<String> dead) throws Exception {
        for (String token : live) {
            assertThat(node.proxied(token)).as("a live session").isEqualTo(200);
        }
        for (String token : dead) {
            assertThat(node.proxied(token)).as("a session that was logged out").isEqualTo(401);
        }
    }

    /** Calls with all of them until the new master is trusted, and once more. */
    private static void assertAllUntil(
            GatewayNode node, List<String> live, List<String> dead, Callable<Boolean> failedOver) throws Exception {
        Await.until("failover", () -> {
            assertAll(node, live, dead);
            return failedOver.call();
        });
        node.awaitTrust();
        assertAll(node, live, dead);
    }

    @Test
    void callsWhenASentinelsReplicaLacksTombstonesThenTheDeadStayDead() throws Exception {
        try (RedisSentinel group = RedisSentinel.start();
                GatewayNode node = sentinelNode(group)) {
            node.createAccount("sentinel", PASSWORD, "user");
            node.awaitTrust();
            List<String> live = logins(node, "sentinel", SESSIONS);
            List<String> dead = logins(node, "sentinel", SESSIONS);
            String old = group.master();
            long replica = group.replicaPids().get(0);
            Signals.stop(replica);
            group.disconnectReplicas();
            logout(node, dead);
            assertAll(node, live, dead);

            Signals.kill(group.masterPid());
            Signals.resume(replica);

            assertAllUntil(node, live, dead, () -> !group.master().equals(old) && servesRequests(node));
            logout(node, live);
            assertAll(node, List.of(), live);
        }
    }

    @Test
    void callsWhenAClustersReplicaLacksTombstonesThenTheDeadStayDead() throws Exception {
        try (RedisCluster cluster = RedisCluster.startWithReplicas();
                GatewayNode node = clusterNode(cluster)) {
            node.createAccount("cluster", PASSWORD, "user");
            node.awaitTrust();
            List<String> live = logins(node, "cluster", SESSIONS);
            List<String> dead = logins(node, "cluster", SESSIONS);
            for (long replica : cluster.replicaPids()) {
                Signals.stop(replica);
            }
            cluster.disconnectReplicas();
            logout(node, dead);

            Signals.kill(cluster.masterPid(0));
            for (long replica : cluster.replicaPids()) {
                Signals.resume(replica);
            }

            assertAllUntil(node, live, dead, () -> servesRequests(node));
            logout(node, live);
            assertAll(node, List.of(), live);
        }
    }

    @Test
    void callsWhenSlotsAreMovedThenAllGoesOn() throws Exception {
        try (RedisCluster cluster = RedisCluster.start();
                GatewayNode node = clusterNode(cluster)) {
            node.createAccount("resharding", PASSWORD, "user");
            node.awaitTrust();
            List<String> live = logins(node, "resharding", SESSIONS);
            List<String> dead = logins(node, "resharding", SESSIONS);
            logout(node, dead);
            for (int slot = 0; slot < 16_384; slot += 128) {
                cluster.moveSlot(slot, slot / 128 % 3);
                int session = slot / 128 % SESSIONS;
                assertAll(node, live.subList(session, session + 1), dead.subList(session, session + 1));
            }
            node.awaitTrust();
            assertAll(node, live, dead);
        }
    }

    /** Whether every part of Redis takes writes. */
    private static boolean servesRequests(GatewayNode node) {
        for (int i = 0; i < 32; i++) {
            try {
                String unused = node.bean(RedisConnections.class)
                        .commands()
                        .set("probe-" + i, "")
                        .block();
            } catch (RuntimeException e) {
                return false;
            }
        }
        return true;
    }
}
