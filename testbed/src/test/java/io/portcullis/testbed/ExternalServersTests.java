package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExternalServersTests {
    @AfterEach
    void clear() {
        List.of(Settings.R2DBC_URL, Settings.USERNAME, Settings.PASSWORD, Settings.REDIS)
                .forEach(System::clearProperty);
    }

    @Test
    void databaseGivenAUrlThenItIsUsedAsItIs() {
        System.setProperty(Settings.R2DBC_URL, "r2dbc:mysql://db.example:3307/one?sslMode=required");
        System.setProperty(Settings.USERNAME, "tester");
        System.setProperty(Settings.PASSWORD, "secret");

        try (DatabaseServer server = DatabaseServer.start()) {
            assertThat(server.r2dbcUrl()).isEqualTo("r2dbc:mysql://db.example:3307/one?sslMode=required");
            assertThat(server.username()).isEqualTo("tester");
            assertThat(server.password()).isEqualTo("secret");
            assertThat(server.port()).isEqualTo(3307);
            assertThat(server.pid()).isEqualTo(-1);
        }
    }

    @Test
    void redisGivenAnAddressThenItIsUsed() {
        System.setProperty(Settings.REDIS, "redis.example:6380");

        try (RedisServer server = RedisServer.start()) {
            assertThat(server.host()).isEqualTo("redis.example");
            assertThat(server.port()).isEqualTo(6380);
            assertThat(server.pid()).isEqualTo(-1);
        }
    }

    @Test
    void redisGivenNoAddressThenSaysWhatIsExpected() {
        System.setProperty(Settings.REDIS, ":6380");

        assertThatThrownBy(RedisServer::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("portcullis.testbed.redis: :6380 (expected: host:port)");
    }

    @Test
    void variableThenThePropertyInTheShellsSpelling() {
        assertThat(Settings.variable(Settings.R2DBC_URL)).isEqualTo("PORTCULLIS_TESTBED_R2DBC_URL");
    }
}
