package io.portcullis.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressParameterTests {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.4, 192.0.2.4",
        "::ffff:192.0.2.4, 192.0.2.4",
        "2001:DB8::4, 2001:db8:0:0:0:0:0:4",
        "2001:0db8:0001:0002:0000:0000:0000:0004, 2001:db8:1:2:0:0:0:4",
        "[2001:db8::4]:443, 2001:db8:0:0:0:0:0:4",
        "192.0.2., 192.0.2.",
        "192.0, 192.0",
        "2001:DB8:1, 2001:db8:1",
        "192.0.2.4/32, 192.0.2.4",
        "192.0.2.4/24, 192.0.2.",
        "192.0.0.0/16, 192.0.",
        "10.0.0.0/8, 10.",
        "2001:db8::/32, 2001:db8:",
        "2001:db8:1:2::/64, 2001:db8:1:2:",
        "2001:db8:1:2::4/128, 2001:db8:1:2:0:0:0:4",
    })
    void ofWhenAnAddressOrItsBeginOrABlockThenAsStored(String parameter, String stored) {
        assertThat(AddressParameter.of(parameter)).isEqualTo(stored);
    }

    @Test
    void ofWhenMissingOrBlankThenNull() {
        assertThat(AddressParameter.of(null)).isNull();
        assertThat(AddressParameter.of(" ")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.0/20",
                "192.0.2.0/0",
                "192.0.2.0/33",
                "192.0.2.0/64",
                "192.0.2.0/",
                "192.0.2.0/-8",
                "192.0.2.0/+8",
                "192.0.2.0/24/24",
                "192.0.2.0/99999999999",
                "192.0.2/24",
                "2001:db8::/56",
                "2001:db8:1:2/64",
                "/24",
                "x/24"
            })
    void ofWhenABlockHasNoCommonBeginThenRefused(String parameter) {
        var refusal = catchThrowableOfType(PortcullisException.class, () -> AddressParameter.of(parameter));

        assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(refusal.detail()).startsWith("ip").contains("192.0.2.0/24");
    }
}
