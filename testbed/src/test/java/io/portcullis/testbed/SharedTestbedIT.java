package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedTestbedIT {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temporary;

    @Test
    void sharedThenTheSameServersEachTime() {
        Testbed first = Testbed.shared();

        assertThat(Testbed.shared()).isSameAs(first);
        assertThat(Processes.isRunning(first.database().pid())).isTrue();
        assertThat(Processes.isRunning(first.redis().pid())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM", "INT"})
    void sharedGivenTheJvmIsEndedThenItsServersAndTheirFilesGoToo(String signal) throws Exception {
        // A shell without job control makes what it runs in the background, and all its children, ignore Ctrl-C.
        assumeFalse(signal.equals("INT") && Processes.ignoresInterrupts());
        Process jvm = startJvm();
        try {
            List<Long> servers = awaitServers(jvm);
            assertThat(servers).hasSize(2).allMatch(Processes::isRunning);
            assertThat(directories()).hasSize(2);

            // kill is a command of every shell, but not a program on every machine.
            Process kill = new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(signal, jvm.pid())).start();

            assertThat(kill.waitFor()).isZero();
            assertThat(jvm.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Await.until("all servers have ended", LIMIT, () -> Processes.noneRuns(servers));
            Await.until(
                    "the directories are removed", LIMIT, () -> directories().isEmpty());
        } finally {
            jvm.destroyForcibly();
        }
    }

    private Process startJvm() throws IOException {
        String product = System.getProperty(Settings.DATABASE, "mariadb");
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-D%s=%s".formatted(Settings.DATABASE, product),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<Long> awaitServers(Process jvm) throws IOException {
        BufferedReader output = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        assertThat(line).as("the process ids of the servers").isNotNull();
        return Arrays.stream(line.split(" ")).map(Long::valueOf).toList();
    }

    private List<Path> directories() {
        try (Stream<Path> paths = Files.list(temporary)) {
            return paths.filter(path -> path.getFileName().toString().startsWith("portcullis-testbed-"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Says which servers it has, and keeps them until it is ended. */
    static final class Holder {
        private Holder() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws InterruptedException {
            Testbed testbed = Testbed.shared();
            System.out.println(testbed.database().pid() + " " + testbed.redis().pid());
            TimeUnit.MINUTES.sleep(2);
        }
    }
}
