package io.portcullis.chaos.world;

import io.portcullis.testbed.TcpProxy;

/**
 * A gateway node and its own proxies to the stores.
 *
 * @param gateway the process
 * @param mysql the proxy to MySQL
 * @param redis the proxy to Redis; unused in a topology whose servers announce their own addresses
 */
public record Node(GatewayProcess gateway, TcpProxy mysql, TcpProxy redis) implements AutoCloseable {
    @Override
    public void close() {
        gateway.close();
        mysql.close();
        redis.close();
    }
}
