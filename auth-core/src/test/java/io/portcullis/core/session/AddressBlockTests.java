package io.portcullis.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressBlockTests {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1:5678, 192.0.2.1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::FFFF:c000:201, 192.0.2.1",
        "[::ffff:192.0.2.1]:443, 192.0.2.1",
        "2001:DB8::1, 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1]:443, 2001:db8:0:0:0:0:0:1",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
        "::1, 0:0:0:0:0:0:0:1",
        "unknown, unknown",
        "1:2:3, 1:2:3",
        "abc.de, abc.de"
    })
    void ipWhenSpelledInAnyWayThenOneSpelling(String text, String expected) {
        assertThat(new ClientInfo(text, null, null, null).ip()).isEqualTo(expected);
    }

    @Test
    void ipWhenTooLongThenCut() {
        assertThat(new ClientInfo("f".repeat(5_000), null, null, null).ip()).hasSize(45);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff, true",
        "2001:db8:1:2::1, 2001:db8:1:3::1, false",
        "192.0.2.1, ::ffff:192.0.2.1, true",
        "192.0.2.1, 192.0.2.1:1024, true",
        "192.0.2.1, 192.0.2.2, false"
    })
    void blockWhenOfOneClientThenTheSame(String one, String other, boolean same) {
        assertThat(block(one).name().equals(block(other).name())).isEqualTo(same);
    }

    @Test
    void blockWhenIpv6ThenItsTextsLieBetweenItsEnds() {
        var block = block("2001:db8:1:2::1");

        assertThat(new ClientInfo("2001:db8:1:2:a:b:c:d", null, null, null).ip())
                .isBetween(block.first(), block.last());
        assertThat(new ClientInfo("2001:db8:1:20::1", null, null, null).ip()).isLessThan(block.first());
    }

    private static AddressBlock block(String ip) {
        return AddressBlock.of(new ClientInfo(ip, null, null, null).ip());
    }

    @Test
    void siteThenTheFortyEightOfAnIpv6AddressAndTheIpv4AddressItself() {
        assertThat(AddressBlock.of("2001:db8:1:2:3:4:5:6").site()).isEqualTo("2001:db8:1::/48");
        assertThat(AddressBlock.of("203.0.113.7").site()).isEqualTo("203.0.113.7");
    }
}
