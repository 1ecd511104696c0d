package io.portcullis.chaos.world;

import io.portcullis.testbed.TcpProxy;
import java.util.List;

/**
 * A gateway node and its own proxies to the stores.
 *
 * @param gateway the process
 * @param mysql the proxies to the servers of MySQL, in the order of {@link MySqlStore#servers}
 * @param redis the proxy to Redis; unused in a topology whose servers announce their own addresses
 */
public record Node(GatewayProcess gateway, List<TcpProxy> mysql, TcpProxy redis) implements AutoCloseable {
    public Node {
        mysql = List.copyOf(mysql);
    }

    @Override
    public void close() {
        gateway.close();
        mysql.forEach(TcpProxy::close);
        redis.close();
    }
}
