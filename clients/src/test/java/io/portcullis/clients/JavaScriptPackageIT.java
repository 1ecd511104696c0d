package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Builds the module of the client package from its sources. Skipped where Node.js, npm or the packages are missing. */
class JavaScriptPackageIT {
    private static final Path PACKAGE = Path.of("javascript");

    @Test
    void moduleIsWhatItsSourcesBuild() throws IOException {
        NpmProject project = NpmProject.install(PACKAGE, Path.of("target/javascript-package"));

        NpmProject.Result build = project.run(Map.of(), "npm", "run", "build");

        assertThat(build.exitCode()).as(build.output()).isZero();
        assertThat(Files.readString(project.file("index.js")))
                .as(
                        "clients/javascript/index.js is not built from src/: run 'npm ci && npm run build' in clients/javascript")
                .isEqualTo(Files.readString(PACKAGE.resolve("index.js")));
    }
}
