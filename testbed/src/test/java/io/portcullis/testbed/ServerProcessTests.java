package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerProcessTests {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void awaitReadyGivenALibraryIsMissingThenSaysWhatToInstall() {
        ServerProcess process =
                run("echo 'mysqld: error while loading shared libraries: libaio.so.1: cannot open' >&2; exit 127");

        assertThatThrownBy(() -> process.awaitReady(LIMIT, ServerProcessTests::neverReady))
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("ended with exit code 127")
                .hasMessageContaining("apt-get install -y libaio1 libnuma1")
                .hasMessageContaining("PORTCULLIS_TESTBED_R2DBC_URL")
                .hasMessageContaining("PORTCULLIS_TESTBED_USERNAME and PORTCULLIS_TESTBED_PASSWORD")
                .hasMessageContaining("libaio.so.1: cannot open");
    }

    @Test
    void awaitReadyGivenTheServerEndsThenShowsTheEndOfItsLog() {
        ServerProcess process = run("yes filler | head -n 1000; echo the reason; exit 3");

        assertThatThrownBy(() -> process.awaitReady(LIMIT, ServerProcessTests::neverReady))
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("ended with exit code 3")
                .hasMessageEndingWith("filler\nthe reason")
                .message()
                .doesNotContain("apt-get");
    }

    @Test
    void awaitReadyGivenNoAnswerInTimeThenProcessAndDirectoryAreGone() {
        Path directory = ServerProcess.newDirectory();
        ServerProcess process = run(directory, "exec sleep 60");

        assertThatThrownBy(() -> process.awaitReady(Duration.ofMillis(200), ServerProcessTests::neverReady))
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("did not answer within")
                .hasRootCauseMessage("not yet");
        assertThat(Processes.isRunning(process.pid())).isFalse();
        assertThat(Files.exists(directory)).isFalse();
    }

    @Test
    void closeGivenTheProcessEndedByItselfThenNothingIsLeft() throws Exception {
        Path directory = ServerProcess.newDirectory();
        ServerProcess process = run(directory, "exit 0");

        Await.until("the directory is removed", LIMIT, () -> Files.notExists(directory));
        process.close();

        assertThat(Processes.isRunning(process.pid())).isFalse();
    }

    private static void neverReady() throws IOException {
        throw new IOException("not yet");
    }

    private static ServerProcess run(String script) {
        return run(ServerProcess.newDirectory(), script);
    }

    private static ServerProcess run(Path directory, String script) {
        ServerBinary shell = new ServerBinary("Shell", Path.of("sh"), "libaio1 libnuma1", Settings.OWN_DATABASE);
        return ServerProcess.launch(shell, directory, List.of("-c", script));
    }
}
