package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tests that the example for Node.js in docs/signed-identity.md is the one that {@code identity.test.js} runs. */
class DocumentedIdentityTests {
    @Test
    void exampleWhenDocumentedThenTheOneThatIsRun() throws IOException {
        String example = Files.readString(Path.of("src/test/javascript/identity.js"));

        assertThat(Files.readString(Path.of("../docs/signed-identity.md"))).contains("```js\n" + example + "```");
    }
}
