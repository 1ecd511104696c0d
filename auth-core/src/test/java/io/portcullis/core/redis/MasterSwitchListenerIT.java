package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.portcullis.testbed.RedisSentinel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Verifies that the listener queries the master, and so detects a switch that happened before the listener subscribed. */
@Tag("database-independent")
class MasterSwitchListenerIT {
    @Test
    void openWhenTheSwitchCameBeforeThenTheSentinelIsAskedAfterConnecting() throws Exception {
        var executor = new DefaultEventExecutorGroup(1);
        RedisClient client = RedisClient.create();
        var masters = new LinkedBlockingQueue<String>();
        try (RedisSentinel group = RedisSentinel.start()) {
            List<RedisURI> sentinels = group.nodes().stream()
                    .map(RedisSettings.Node::parse)
                    .map(node -> RedisURI.create(node.host(), node.port()))
                    .toList();
            var watch = new MasterSwitchListener(client, group.masterName(), sentinels, executor, masters::add);
            watch.open();
            try {
                assertThat(masters.poll(20, TimeUnit.SECONDS)).isEqualTo(group.master());
            } finally {
                watch.close();
            }
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            var unused = executor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
