package io.portcullis.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.portcullis.core.client.ClientSecrets;
import io.portcullis.core.client.ClientType;
import io.portcullis.gateway.config.ClientProperties.Client;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientPropertiesTests {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private static Client client(String id, ClientType type, List<String> secrets) {
        return new Client(id, null, type, secrets, Set.of(), Set.of(), Set.of(), null, null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "too-short",
                "0123456789abcdef0123456789abcde\u00fc",
                "{sha256}0123456789abcdef0123456789abcdef"
            })
    void clientWhenSecretIsWeakThenToldWhatToWriteWithoutIt(String secret) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client("a", ClientType.CONFIDENTIAL, List.of(secret)))
                .withMessageStartingWith("portcullis.oauth2.clients: a has an invalid secret (expected: ")
                .satisfies(e -> assertThat(secret.isEmpty()
                                || !String.valueOf(e.getMessage()).contains(secret))
                        .isTrue());
    }

    @Test
    void clientWhenConfidentialWithoutSecretThenRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client("a", ClientType.CONFIDENTIAL, List.of()))
                .withMessageContaining("expected: one or two, or type: public");
    }

    @Test
    void clientWhenItHasThreeSecretsThenRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client("a", ClientType.CONFIDENTIAL, List.of(SECRET, SECRET + 1, SECRET + 2)))
                .withMessageContaining("at most 2");
    }

    @Test
    void clientsWhenTwoHaveOneIdThenRefused() {
        Client one = client("a", ClientType.PUBLIC, List.of());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClientProperties(List.of(one, one)))
                .withMessage("portcullis.oauth2.clients: two with the id a (expected: one)");
    }

    @Test
    void clientWhenSecretIsADigestThenThatOfTheSecret() {
        String digest = ClientSecrets.digest(SECRET);

        var registered = client("a", ClientType.CONFIDENTIAL, List.of("{sha256}" + digest, SECRET))
                .registered();

        assertThat(registered.secretDigests()).containsExactly(digest, digest);
        assertThat(client("a", ClientType.CONFIDENTIAL, List.of(SECRET)).toString())
                .doesNotContain(SECRET);
    }
}
