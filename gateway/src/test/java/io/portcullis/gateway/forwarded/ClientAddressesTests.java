package io.portcullis.gateway.forwarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressesTests {
    private static String find(@Nullable String trusted, String peer, String... forwardedFor) {
        return new ClientAddresses(new TrustedProxies(trusted))
                .find(new InetSocketAddress(peer, 4711), List.of(forwardedFor));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "10.0.0.1; 203.0.113.7; 203.0.113.7",
                "10.0.0.1; 1.2.3.4, 203.0.113.7; 203.0.113.7",
                "10.0.0.1; 203.0.113.7, 10.0.0.2; 203.0.113.7",
                "10.0.0.1; 203.0.113.7:4711; 203.0.113.7",
                "10.0.0.1; [2001:db8::1]:80; 2001:db8:0:0:0:0:0:1",
                "10.0.0.1; 2001:db8::1; 2001:db8:0:0:0:0:0:1",
                "10.0.0.1; 203.0.113.7, unknown; 10.0.0.1",
                "10.0.0.1; ; 10.0.0.1",
                "10.0.0.1; 10.0.0.3, 10.0.0.2; 10.0.0.3",
                "203.0.113.9; 203.0.113.7; 203.0.113.9"
            })
    void findWhenProxiesAreTrustedThenTheFirstThatIsNone(String peer, @Nullable String list, String expected) {
        assertThat(find("10\\..*", peer, list == null ? "" : list)).isEqualTo(expected);
    }

    @Test
    void findWhenNoneIsTrustedThenThePeer() {
        assertThat(find(null, "10.0.0.1", "203.0.113.7")).isEqualTo("10.0.0.1");
        assertThat(find("10\\..*", "10.0.0.1", "203.0.113.7", "10.0.0.2")).isEqualTo("203.0.113.7");
        assertThat(find(null, "fe80::1%1")).isEqualTo("fe80:0:0:0:0:0:0:1");
    }

    /** More addresses than the decisions that are remembered, each asked for twice. */
    @Test
    void findWhenThereAreManyAddressesThenEachIsDecidedByItself() {
        var addresses = new ClientAddresses(new TrustedProxies("10\\..*"));
        var peer = new InetSocketAddress("10.0.0.1", 4711);
        for (int i = 0; i < 10_000; i++) {
            String suffix = "." + i / 2_500 + "." + i / 2 % 50 + "." + i / 100 % 250;
            assertThat(addresses.find(peer, List.of("192.0.2.1, 10" + suffix))).isEqualTo("192.0.2.1");
            assertThat(addresses.find(peer, List.of("192.0.2.1, 11" + suffix))).isEqualTo("11" + suffix);
        }
    }
}
