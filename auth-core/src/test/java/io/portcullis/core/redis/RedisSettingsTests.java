package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSettingsTests {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final RedisSettings.Node NODE = new RedisSettings.Node("a", 6379);
    private static final RedisSettings.Sentinel SENTINEL =
            new RedisSettings.Sentinel("m", List.of(NODE), "sentry", "secret2");

    private static RedisSettings settings(
            int database, RedisSettings.@Nullable Sentinel sentinel, RedisSettings.Node... nodes) {
        return new RedisSettings(
                "h", 1, "u", "secret1", database, true, RedisSettings.Timeouts.DEFAULTS, sentinel, List.of(nodes));
    }

    @Test
    void newWhenSentinelAndClusterThenRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(0, SENTINEL, NODE))
                .withMessage("redis: both sentinel and cluster (expected: at most one of them)");
    }

    @Test
    void newWhenClusterHasDatabaseThenRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(1, null, NODE))
                .withMessage("redis database: 1 (expected: 0 in a cluster)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.0009S", "PT-1S"})
    void newWhenTimeoutIsNotPositiveThenRefused(Duration timeout) {
        assertRefused(() -> new RedisSettings.Timeouts(timeout, SECOND, SECOND, SECOND), "connect", timeout);
        assertRefused(() -> new RedisSettings.Timeouts(SECOND, timeout, SECOND, SECOND), "read", timeout);
        assertRefused(() -> new RedisSettings.Timeouts(SECOND, SECOND, timeout, SECOND), "write", timeout);
        assertRefused(() -> new RedisSettings.Timeouts(SECOND, SECOND, SECOND, timeout), "tcp user", timeout);
    }

    private static void assertRefused(ThrowingCallable call, String name, Duration timeout) {
        assertThatIllegalArgumentException()
                .isThrownBy(call)
                .withMessage("redis " + name + " timeout: " + timeout + " (expected: >= 1ms)");
    }

    @Test
    void newWhenSentinelHasNoNodesThenRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RedisSettings.Sentinel("m", List.of(), null, null))
                .withMessageStartingWith("redis sentinel nodes: none");
    }

    @Test
    void clusterWhenNodesThenTrue() {
        assertThat(settings(0, null, NODE).cluster()).isTrue();
        assertThat(settings(3, SENTINEL).cluster()).isFalse();
        assertThat(RedisSettings.standalone("h", 6379).cluster()).isFalse();
    }

    @Test
    void toStringWhenPasswordsThenLeftOut() {
        assertThat(settings(0, SENTINEL).toString())
                .contains("host=h", "master=m")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({"localhost:6379, localhost, 6379", "[::1]:1, ::1, 1", "10.0.0.1:65535, 10.0.0.1, 65535"})
    void parseWhenHostAndPortThenNode(String address, String host, int port) {
        assertThat(RedisSettings.Node.parse(address)).isEqualTo(new RedisSettings.Node(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "localhost:",
                ":6379",
                "localhost:redis",
                "localhost:-1",
                "localhost:0",
                "localhost:65536",
                "localhost:123456"
            })
    void parseWhenNotHostAndPortThenRefused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisSettings.Node.parse(address))
                .withMessageStartingWith("redis node");
    }
}
