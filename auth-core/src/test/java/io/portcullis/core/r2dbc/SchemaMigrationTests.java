package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaMigrationTests {
    @ParameterizedTest
    @CsvSource({
        "r2dbc:mysql://h/d, 3306/d?connectTimeout=3000&sslMode=disable&allowPublicKeyRetrieval=true",
        "r2dbc:mysql://h:99/d?sslMode=disabled, 99/d?connectTimeout=3000&sslMode=disable&allowPublicKeyRetrieval=true",
        "r2dbc:pool:mysql://h/d?sslMode=REQUIRED, 3306/d?connectTimeout=3000&sslMode=trust",
        "r2dbc:mysql://h/d?sslMode=verify_ca&sslCa=a%20b, 3306/d?connectTimeout=3000&sslMode=verify-ca&serverSslCert=a+b",
        "r2dbc:mysql://h/d?sslMode=VERIFY_IDENTITY, 3306/d?connectTimeout=3000&sslMode=verify-full",
    })
    void jdbcUrlWhenSslModeThenSameInJdbc(String r2dbcUrl, String expected) {
        assertThat(SchemaMigration.jdbcUrl(r2dbcUrl)).isEqualTo("jdbc:mariadb://h:" + expected);
    }

    @Test
    void jdbcUrlWhenSslModeIsUnknownThenRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SchemaMigration.jdbcUrl("r2dbc:mysql://h/d?sslMode=maybe"))
                .withMessageContaining("VERIFY_CA");
    }
}
