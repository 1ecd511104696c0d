package io.portcullis.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTests {
    @Test
    void closeWhenItRunsThenEnded(@TempDir Path directory) {
        ChildProcess child = ChildProcess.start("sleeper", directory, List.of("sleep", "600"), Map.of());
        assertThat(child.isAlive()).isTrue();
        child.close();
        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void failureWhenItWroteSomethingThenSaysSo(@TempDir Path directory) {
        try (ChildProcess child = ChildProcess.start(
                "speaker", directory, List.of("sh", "-c", "echo no such flag: $FLAG"), Map.of("FLAG", "x"))) {
            assertThat(child.awaitEnd(30, TimeUnit.SECONDS)).isTrue();
            assertThat(child.failure("ended"))
                    .hasMessageContaining("speaker ended")
                    .hasMessageContaining("flag: x");
        }
    }
}
