package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaMigrationTests {
    @ParameterizedTest
    @CsvSource({
        "r2dbc:mysql://h:99/d?sslMode=disabled, 99/d?connectTimeout=3000&sslMode=disable&allowPublicKeyRetrieval=true",
        "r2dbc:pool:mysql://h/d?sslMode=REQUIRED, 3306/d?connectTimeout=3000&sslMode=trust",
        "r2dbc:mysql://h/d?sslMode=verify_ca&sslCa=a%20b, 3306/d?connectTimeout=3000&sslMode=verify-ca&serverSslCert=a+b",
        "r2dbc:mysql://h/d?sslMode=VERIFY_IDENTITY, 3306/d?connectTimeout=3000&sslMode=verify-full",
        "r2dbcs:mysql://h/d, 3306/d?connectTimeout=3000&sslMode=verify-full",
        "r2dbc:mysql://h/d?sslMode=REQUIRED&tlsVersion=TLSv1.3, 3306/d?connectTimeout=3000&sslMode=trust&enabledSslProtocolSuites=TLSv1.3",
    })
    void jdbcUrlsWhenSslModeThenSameInJdbc(String r2dbcUrl, String expected) {
        assertThat(JdbcUrls.of(r2dbcUrl)).containsExactly("jdbc:mariadb://h:" + expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"r2dbc:mysql://h/d", "r2dbc:mysql://h/d?sslMode=preferred"})
    void jdbcUrlsWhenTlsIsPreferredThenTlsFirstAndPlainForAServerWithout(String r2dbcUrl) {
        assertThat(JdbcUrls.of(r2dbcUrl))
                .containsExactly(
                        "jdbc:mariadb://h:3306/d?connectTimeout=3000&sslMode=trust",
                        "jdbc:mariadb://h:3306/d?connectTimeout=3000&sslMode=disable&allowPublicKeyRetrieval=true");
    }

    @Test
    void migrateWhenSslModeIsUnknownThenRefused() {
        assertThatThrownBy(() -> SchemaMigration.migrate("r2dbc:mysql://h/d?sslMode=maybe", "u", "p"))
                .isInstanceOf(SchemaMigrationException.class)
                .hasMessageContaining("VERIFY_CA");
    }

    @Test
    void migrateWhenAClientCertificateIsAskedForThenRefused() {
        assertThatThrownBy(() -> SchemaMigration.migrate("r2dbc:mysql://h/d?sslKey=k.pem", "u", "p"))
                .isInstanceOf(SchemaMigrationException.class)
                .hasMessageContaining("sslKey");
    }
}
