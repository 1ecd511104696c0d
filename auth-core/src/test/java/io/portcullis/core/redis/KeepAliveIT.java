package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/** Verifies that a server that closes idle connections does not repeatedly end the node's trust in Redis. */
@DisabledIfEnvironmentVariable(
        named = "PORTCULLIS_TESTBED_REDIS",
        matches = ".+",
        disabledReason = "an external server cannot be set up")
@Tag("database-independent")
class KeepAliveIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int TIMEOUT_SECONDS = 2;
    private static final Pattern AGE = Pattern.compile("\\bage=(\\d+)\\b");

    @Test
    void connectionsWhenTheServerClosesIdleOnesThenStayOpen() {
        try (RedisServer server = RedisServer.start()) {
            String unused = server.execute("CONFIG", "SET", "timeout", "" + TIMEOUT_SECONDS);
            try (RedisFixture redis = RedisFixture.of(RedisSettings.standalone(server.host(), server.port()))
                    .awaitUp()) {
                long before = redis.settled();
                int connections = ages(server).size();

                awaitOld(server, connections);

                assertThat(redis.connections().disruptionCount()).isEqualTo(before);
            }
        }
    }

    /** Waits until each connection is several times as old as the server's idle timeout. */
    private static void awaitOld(RedisServer server, int connections) {
        Await.until(() -> connections + " connections have grown old: " + ages(server), LIMIT, () -> {
            List<Integer> ages = ages(server);
            return ages.size() == connections && ages.stream().allMatch(age -> age > 3 * TIMEOUT_SECONDS);
        });
    }

    /** Returns the age of each connection in seconds, without the connection that queries it. */
    private static List<Integer> ages(RedisServer server) {
        return server.execute("CLIENT", "LIST")
                .lines()
                .filter(client -> !client.contains("cmd=client"))
                .map(AGE::matcher)
                .filter(age -> age.find())
                .map(age -> Integer.parseInt(age.group(1)))
                .toList();
    }
}
