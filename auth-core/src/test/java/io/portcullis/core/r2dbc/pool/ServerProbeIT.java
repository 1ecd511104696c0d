package io.portcullis.core.r2dbc.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.r2dbc.MySqlUrl;
import io.portcullis.core.r2dbc.ServerState.Role;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.TcpProxy;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServerProbeIT {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @AutoClose
    private final DatabaseServer server = DatabaseServer.start();

    @AutoClose
    private final TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port());

    private final ServerProbe probe =
            new ServerProbe(MySqlConnectionPools.driver(options(), MySqlTimeouts.defaults(), LIMIT), LIMIT, LIMIT);

    private ConnectionFactoryOptions options() {
        return MySqlUrl.parse(server.r2dbcUrl().replace(":" + server.port(), ":" + proxy.port()))
                .options()
                .mutate()
                .option(ConnectionFactoryOptions.USER, server.username())
                .option(ConnectionFactoryOptions.PASSWORD, server.password())
                .build();
    }

    private Role look() {
        return probe.look().blockOptional().orElseThrow().role();
    }

    @AfterEach
    void close() {
        probe.close().block();
    }

    @Test
    void lookWhenItsConnectionWasLostThenItAsksOnANewOne() {
        assertThat(look()).isEqualTo(Role.WRITABLE);

        proxy.cut();

        assertThat(look()).isEqualTo(Role.WRITABLE);
    }

    @Test
    void lookWhenTheServerHangsThenUnreachableUntilItRespondsAgain() {
        assertThat(look()).isEqualTo(Role.WRITABLE);

        Signals.stop(server.pid());
        assertThat(look()).isEqualTo(Role.UNREACHABLE);
        assertThat(look()).isEqualTo(Role.UNREACHABLE);

        Signals.resume(server.pid());
        Await.until("the server responds again", () -> look() == Role.WRITABLE);
    }
}
