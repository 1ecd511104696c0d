package io.portcullis.chaos.world;

import io.portcullis.testbed.TcpProxy;

/**
 * A node of the gateway and its own ways to the stores.
 *
 * @param redis leads nowhere in a topology whose servers name their own addresses
 */
public record Node(GatewayProcess gateway, TcpProxy mysql, TcpProxy redis) implements AutoCloseable {
    @Override
    public void close() {
        gateway.close();
        mysql.close();
        redis.close();
    }
}
