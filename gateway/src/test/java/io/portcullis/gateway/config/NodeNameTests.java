package io.portcullis.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class NodeNameTests {
    @ParameterizedTest
    @CsvSource({
        "gateway-7d9f-x2,48080,gateway-7d9f-x2:48080",
        "'a.example ',1,a.example:1",
        "'u:secret@h\u00f6st',1,u_secret_h_st:1",
        "a,'',a",
        "0123456789012345678901234567890123456789012345678901234567890123456789,48080,0123456789012345678901234567890123456789012345678901234567:48080"
    })
    void ofWhenAnyHostThenPlainCharactersAndNotTooLong(String host, String port, String name) {
        assertThat(NodeName.of(host, port)).isEqualTo(name).hasSizeLessThanOrEqualTo(64);
    }

    @Test
    void valueWhenTheContainerNamesTheHostThenThatNameAndThePort() {
        var environment =
                new MockEnvironment().withProperty("HOSTNAME", "pod-1").withProperty("local.server.port", "8080");

        assertThat(new NodeName(environment).value()).isEqualTo("pod-1:8080");
    }
}
