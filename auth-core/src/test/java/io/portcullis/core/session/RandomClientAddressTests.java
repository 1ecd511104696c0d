package io.portcullis.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.RandomTexts;
import org.junit.jupiter.api.Test;

/** What holds for each text that a proxy may send as the address of its client. */
class RandomClientAddressTests {
    private static final int MAX_LENGTH = 45;

    @Test
    void addressWhenCanonicalThenItStaysAsItIs() {
        RandomTexts.like(
                        "192.0.2.1",
                        "192.0.2.1:8080",
                        "[2001:db8::1]:443",
                        "2001:db8::1%eth0",
                        "::ffff:192.0.2.1",
                        "::",
                        "1:2:3:4:5:6:7:8")
                .with(":", "::", ".", "0", "ffff", "256", "[", "]", "%", " ", "\u0661")
                .check(text -> {
                    String canonical = ClientAddress.canonical(text);

                    assertThat(canonical).hasSizeLessThanOrEqualTo(MAX_LENGTH);
                    if (ClientAddress.isAddress(canonical)) {
                        assertThat(ClientAddress.canonical(canonical)).isEqualTo(canonical);
                        assertThat(canonical).matches("[0-9a-f:.]+");
                    }
                });
    }
}
