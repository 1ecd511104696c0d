package io.portcullis.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTests {
    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, 203.0.113.7",
        "203.0.113.7:80, 203.0.113.7",
        "203.0.113.7:65535, 203.0.113.7",
        "255.255.255.255:0, 255.255.255.255",
        "100.0.0.9, 100.0.0.9",
        "[af09::AF90]:99999, af09:0:0:0:0:0:0:af90",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "2001:DB8::1, 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1]:443, 2001:db8:0:0:0:0:0:1",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
        "[fe80::1%eth0]:443, fe80:0:0:0:0:0:0:1",
        "::, 0:0:0:0:0:0:0:0",
        "::ffff:192.0.2.1, 192.0.2.1",
        "[::ffff:192.0.2.1]:80, 192.0.2.1",
    })
    void canonicalWhenTheTextIsAnAddressThenItsOneSpelling(String text, String expected) {
        assertThat(ClientAddress.canonical(text)).isEqualTo(expected);
        assertThat(ClientAddress.isAddress(expected)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "203.0.113",
                "203.0.113.7.1",
                "203.0.113.256",
                "203.0.113.099",
                "203.0.113.7:8/",
                "203.0.113.7:8:",
                "/.0.113.7",
                "203.0.113.:",
                "2001:db8::`",
                "2001:db8::@",
                "2001:db8::G",
                "1:2.3::",
                "203.0.113.007",
                "203.0.113.1234",
                "203..113.7",
                "203.0.113.7:",
                "203.0.113.7:123456",
                "203.0.113.7\n",
                "203.0.113.٣",
                "2001:db8::g",
                "2001:db8::1]x",
                "2001.db8::1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "12345:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:",
                ":::",
                "db8:80",
                "[",
                "%",
            })
    void canonicalWhenTheTextIsNoAddressThenUnchanged(String text) {
        assertThat(ClientAddress.canonical(text)).isEqualTo(text);
        assertThat(ClientAddress.isAddress(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8::1", "2001:DB8:0:0:0:0:0:1", "[1:2:3:4:5:6:7:8]", "203.0.113.7:80"})
    void isAddressWhenTheSpellingIsAnotherThenFalse(String text) {
        assertThat(ClientAddress.isAddress(text)).isFalse();
    }

    @Test
    void canonicalWhenTheTextIsLongThenCut() {
        assertThat(ClientAddress.canonical("x".repeat(3_000))).isEqualTo("x".repeat(45));
        assertThat(ClientAddress.canonical("x".repeat(60))).isEqualTo("x".repeat(45));
        assertThat(ClientAddress.canonical("1".repeat(3_000))).isEqualTo("1".repeat(45));
    }
}
