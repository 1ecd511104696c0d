package io.portcullis.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClientInfoTests {
    @Test
    void textWhenLongerThanItsColumnThenCut() {
        ClientInfo client = new ClientInfo("192.0.2.1", "a".repeat(256), " " + "d".repeat(65), "c".repeat(65));

        assertThat(client.userAgent()).isEqualTo("a".repeat(255));
        assertThat(client.device()).isEqualTo("d".repeat(64));
        assertThat(client.clientId()).isEqualTo("c".repeat(64));
    }

    @Test
    void typeWhenThereIsNoneThenTheDevice() {
        assertThat(new ClientInfo("192.0.2.1", null, "phone", null).typeOfDevice())
                .isEqualTo("phone");
        assertThat(new ClientInfo("192.0.2.1", null, "phone", null, "app").typeOfDevice())
                .isEqualTo("app");
    }

    /** No account may have the id of a client. */
    @Test
    void userIdWhenOfAClientThenRecognised() {
        assertThat(ClientUserId.isClient(ClientUserId.of("app"))).isTrue();
        assertThat(ClientUserId.isClient("app")).isFalse();
    }
}
