package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.ConnectionFactoryOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MySqlUrlTests {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r2dbc:mysql://h/db | h:3306",
                "r2dbc:mysql://h:3307/db | h:3307",
                "r2dbc:mysql://h1:3306,h2:3307/db | h1:3306 h2:3307",
                "r2dbc:mysql://H1,h2/db?sslMode=disabled | h1:3306 h2:3306",
                "r2dbc:pool:mysql://h1,h2,h3/db | h1:3306 h2:3306 h3:3306",
                "r2dbc:mysql://user:p,w@h1,h2/db | h1:3306 h2:3306",
                "r2dbc:mysql://[::1]:3306,[::2]/db | [::1]:3306 [::2]:3306",
            })
    void parseWhenValidThenAllServersInOrder(String url, String servers) {
        MySqlUrl parsed = MySqlUrl.parse(url);

        assertThat(parsed.servers()).extracting(ServerAddress::toString).containsExactly(servers.split(" "));
        assertThat(parsed.options().getValue(ConnectionFactoryOptions.DATABASE)).isEqualTo("db");
    }

    @Test
    void optionsOfWhenOneOfSeveralThenItsHostAndPort() {
        MySqlUrl url = MySqlUrl.parse("r2dbc:mysql://h1:3306,h2:3307/db?sslMode=disabled");

        ConnectionFactoryOptions options = url.optionsOf(url.servers().get(1));

        assertThat(options.getValue(ConnectionFactoryOptions.HOST)).isEqualTo("h2");
        assertThat(options.getValue(ConnectionFactoryOptions.PORT)).isEqualTo(3307);
        assertThat(url.hasSeveralServers()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r2dbc:mysql://h1:3306,/db | has an empty one",
                "r2dbc:mysql://,/db | has an empty one",
                "r2dbc:mysql://h1,,h2/db | has an empty one",
                "r2dbc:mysql://h1:x,h2/db | h1:x (expected: host:port",
                "r2dbc:mysql://h1:0,h2/db | h1:0 (expected: 1 to 65535)",
                "r2dbc:mysql://h1:65536,h2/db | h1:65536 (expected: 1 to 65535)",
                "r2dbc:mysql://h1:3306,H1/db | names h1:3306 twice",
                "r2dbc:mysql://h1,h 2/db | h 2 (expected: host:port",
            })
    void parseWhenAServerOfAListIsBadThenTheMessageTellsWhich(String url, String message) {
        assertThatThrownBy(() -> MySqlUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
        assertThatThrownBy(() -> SchemaMigration.migrate(url, "u", "p"))
                .isInstanceOf(SchemaMigrationException.class)
                .hasMessageContaining("spring.r2dbc.url")
                .hasMessageContaining(message);
    }

    @Test
    void parseWhenTheUrlHasAPasswordThenNoMessageContainsIt() {
        assertThatThrownBy(() -> MySqlUrl.parse("r2dbc:mysql://user:geheim@h1,,h2/db"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("geheim");
    }

    @Test
    void jdbcUrlsWhenSeveralServersThenThoseOfEachServer() {
        assertThat(JdbcUrls.byServer("r2dbc:mysql://h1,h2:3307/db?sslMode=REQUIRED"))
                .containsExactly(
                        List.of("jdbc:mariadb://h1:3306/db?connectTimeout=3000&sslMode=trust"),
                        List.of("jdbc:mariadb://h2:3307/db?connectTimeout=3000&sslMode=trust"));
    }
}
