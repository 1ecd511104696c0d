package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class R2dbcUrlTests {
    @Test
    void withDatabaseThenOnlyTheNameChanges() {
        R2dbcUrl url = R2dbcUrl.parse("r2dbc:mysql://db.example:3307/one?sslMode=required&tcpKeepAlive=true");

        assertThat(url.withDatabase("two"))
                .hasToString("r2dbc:mysql://db.example:3307/two?sslMode=required&tcpKeepAlive=true");
    }

    @Test
    void parseGivenNoPortThenTheUsualOne() {
        assertThat(R2dbcUrl.parse("r2dbc:mariadb://db/one")).hasToString("r2dbc:mariadb://db:3306/one");
    }

    @Test
    void jdbcUrlThenTlsOnlyWhereItIsRequired() {
        assertThat(R2dbcUrl.parse("r2dbc:mysql://db/x?sslMode=REQUIRED").jdbcUrl())
                .contains("sslMode=trust");
        assertThat(R2dbcUrl.parse("r2dbc:mysql://db/x?sslMode=verify_ca").jdbcUrl())
                .contains("sslMode=trust");
        assertThat(R2dbcUrl.parse("r2dbc:mysql://db/x").jdbcUrl()).contains("sslMode=disable&");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mysql://db/x", "r2dbc:postgresql://db/x", "r2dbc:mysql:///x", "jdbc:mysql://db/x"})
    void parseGivenAnotherUrlThenSaysWhatIsExpected(String url) {
        assertThatThrownBy(() -> R2dbcUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("(expected: r2dbc:mysql://host:port/database)");
    }

    @Test
    void throughProxyThenItsPortAndNoTls() {
        assertThat(DatabaseServer.throughProxy(
                        "r2dbc:mysql://db.example:3307/one?sslMode=required&tcpKeepAlive=true", 99))
                .isEqualTo("r2dbc:mysql://db.example:99/one?sslMode=disabled&tcpKeepAlive=true");
    }
}
