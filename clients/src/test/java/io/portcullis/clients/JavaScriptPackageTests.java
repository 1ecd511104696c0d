package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Checks the files of the client package that need no Node.js. */
class JavaScriptPackageTests {
    private static final Path PACKAGE = Path.of("javascript");
    private static final int MAX_MODULE_BYTES = 8 * 1024;

    @Test
    void moduleHasLessThan8KB() throws IOException {
        long size = Files.size(PACKAGE.resolve("index.js"));

        assertThat(size).isLessThan(MAX_MODULE_BYTES);
    }

    @Test
    void packageHasNoDependencies() throws IOException {
        String description = Files.readString(PACKAGE.resolve("package.json"));

        assertThat(description).doesNotContain("\"dependencies\"", "\"peerDependencies\"");
    }
}
