package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.TcpProxy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A gateway node with a proxy of its own before each store, which tests cut. */
record ProxiedNode(GatewayNode gateway, TcpProxy toRedis, TcpProxy toDatabase) implements AutoCloseable {
    static ProxiedNode start(DatabaseServer database, RedisServer redis, List<String> arguments) {
        TcpProxy toRedis = TcpProxy.to("127.0.0.1", redis.port());
        TcpProxy toDatabase = TcpProxy.to("127.0.0.1", database.port());
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(
                "--spring.r2dbc.url=" + database.r2dbcUrl().replace(":" + database.port(), ":" + toDatabase.port()),
                "--spring.r2dbc.username=" + database.username(),
                "--spring.r2dbc.password=" + database.password(),
                "--spring.data.redis.host=127.0.0.1",
                "--spring.data.redis.port=" + toRedis.port()));
        return new ProxiedNode(GatewayNode.start(all.toArray(String[]::new)), toRedis, toDatabase);
    }

    /** Sends a command that Redis answers with a status. */
    static void command(RedisServer redis, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            OutputStream output = socket.getOutputStream();
            output.write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('+');
        }
    }

    void heal() {
        toRedis.heal();
        toDatabase.heal();
    }

    void loseRedis() {
        toRedis.refuse();
        toRedis.cut();
    }

    void loseDatabase() {
        toDatabase.refuse();
        toDatabase.cut();
    }

    @Override
    public void close() {
        gateway.close();
        toRedis.close();
        toDatabase.close();
    }
}
