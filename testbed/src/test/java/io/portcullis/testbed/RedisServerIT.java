package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RedisServerIT {
    @Test
    void startThenItKeepsValuesInMemoryOnly() throws IOException {
        try (RedisServer server = RedisServer.start();
                RespConnection redis = new RespConnection(server.host(), server.port())) {
            assertThat(redis.text("SET", "word", "raised")).isEqualTo("OK\n");
            assertThat(redis.text("GET", "word")).isEqualTo("raised\n");
            assertThat(redis.text("CONFIG", "GET", "save")).isEqualTo("save\n\n");
            assertThat(redis.text("CONFIG", "GET", "bind")).isEqualTo("bind\n127.0.0.1\n");
        }
    }

    @Test
    void startGivenThePortOfAClosedServerThenItAnswersThereAgain() throws IOException {
        RedisServer first = RedisServer.start();
        first.close();

        assertThat(Processes.isRunning(first.pid())).isFalse();
        try (RedisServer second = RedisServer.start(first.port())) {
            assertThat(second.port()).isEqualTo(first.port());
            assertThat(RespConnection.execute(second.port(), "PING")).isEqualTo("PONG\n");
        }
    }

    @Test
    void startGivenATakenPortThenTheFailureShowsTheLog() {
        try (RedisServer server = RedisServer.start()) {
            assertThatThrownBy(() -> RedisServer.start(server.port()))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining("ended with exit code 1")
                    .hasMessageContaining("Address already in use");
        }
    }

    @Test
    void clusterThenEveryMasterServesItsSlotsAndSendsToTheOthers() throws IOException {
        try (RedisCluster cluster = RedisCluster.start()) {
            assertThat(cluster.nodes()).hasSize(3).doesNotHaveDuplicates();
            for (String node : cluster.nodes()) {
                int port = Integer.parseInt(node.substring(node.indexOf(':') + 1));
                assertThat(RespConnection.execute(port, "CLUSTER", "INFO")).contains("cluster_state:ok");
            }
            assertThat(cluster.pids()).allMatch(Processes::isRunning);
        }
    }

    @Test
    void sentinelGivenTheMasterDiesThenTheReplicaTakesOver() throws Exception {
        try (RedisSentinel group = RedisSentinel.start()) {
            String before = group.master();
            assertThat(group.nodes()).hasSize(3).doesNotContain(before);

            boolean killed = ProcessHandle.of(group.masterPid()).orElseThrow().destroyForcibly();

            assertThat(killed).isTrue();
            Await.until("another master", () -> !group.master().equals(before));
        }
    }
}
