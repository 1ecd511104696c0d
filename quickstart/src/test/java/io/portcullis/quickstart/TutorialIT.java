package io.portcullis.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.quickstart.MarkdownPage.Fence;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types the commands of the tutorial into a shell, one after the other, and compares what they print with the block that follows. Other ports
 * take the place of the tutorial's.
 */
@Timeout(600)
class TutorialIT {
    private static final MarkdownPage TUTORIAL = MarkdownPage.read(Path.of("..", "docs", "tutorial.md"));
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final String JAR = "quickstart/target/portcullis-quickstart.jar";
    private static final Pattern DOCUMENTED_PORT = Pattern.compile("8080|8081|9100");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    private final List<Process> servers = new ArrayList<>();
    private final int gatewayPort = freePort();
    private final int managementPort = freePort();
    private final int servicePort = freePort();

    @Test
    void commandsOfTheTutorialWhenTypedThenTheyPrintWhatItSays() throws Exception {
        assumeTrue(ReadmeWalk.isPossible(), "curl is not installed");
        linkRepository();

        Iterator<Fence> fences = TUTORIAL.fences().iterator();
        String printed = "";
        String typed = "";
        while (fences.hasNext()) {
            Fence fence = fences.next();
            if (fence.mark().equals("run by: TutorialIT")) {
                typed = withFreePorts(fence.text());
                printed = type(typed);
            } else if (fence.language().equals("text")) {
                assertPrinted(typed, printed, fence.text());
            } else if (fence.language().equals("java")) {
                save("Hello.java", fence);
            } else if (fence.language().equals("html")) {
                save("page.html", fence);
            }
        }

        assertThat(run("curl -s localhost:%d/page".formatted(gatewayPort)))
                .as("the page")
                .isEqualTo(Files.readString(own().resolve("page.html")));
    }

    /** What the tutorial copies from the repository. A link to the jar stays a link when it is copied. */
    private void linkRepository() throws IOException {
        Path repository = Files.createDirectory(directory.resolve("repository"));
        Files.createDirectories(repository.resolve(JAR).getParent());
        Files.createSymbolicLink(repository.resolve(JAR), REPOSITORY.resolve(JAR));
        Path config = Files.createDirectory(repository.resolve("config"));
        for (String file : List.of("application.yaml", "routes.yaml")) {
            Files.copy(REPOSITORY.resolve("config").resolve(file), config.resolve(file));
        }
    }

    private Path own() {
        return directory.resolve("portcullis-tutorial");
    }

    private void save(String name, Fence fence) throws IOException {
        Files.writeString(own().resolve(name), withFreePorts(fence.text()) + "\n");
    }

    private String withFreePorts(String text) {
        Map<String, Integer> ports = Map.of("8080", gatewayPort, "8081", managementPort, "9100", servicePort);
        return DOCUMENTED_PORT.matcher(text).replaceAll(port -> String.valueOf(ports.get(port.group())));
    }

    private String type(String command) throws Exception {
        if (!command.startsWith("java ")) {
            return run(command);
        }
        Path output = directory.resolve("output-" + servers.size());
        servers.add(shell("exec " + command).redirectOutput(output.toFile()).start());
        int port = command.contains(".jar") ? gatewayPort : servicePort;
        Await.until(() -> command + ": " + read(output), LIMIT, () -> isOpen(port));
        return "";
    }

    /** While the routes of before are in force, the command is typed again. */
    private void assertPrinted(String command, String printed, String expected) throws Exception {
        String pattern =
                Stream.of(expected.split("\\.\\.\\.", -1)).map(Pattern::quote).collect(Collectors.joining("(?s:.*)"));
        if (printed.contains("\"code\":404") && !printed.matches(pattern)) {
            Await.until(command, LIMIT, () -> !run(command).contains("\"code\":404"));
            assertThat(run(command).strip()).matches(pattern);
            return;
        }
        assertThat(printed.strip()).as(command).matches(pattern);
    }

    private String run(String command) throws IOException, InterruptedException {
        Process process = shell(command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private ProcessBuilder shell(String command) {
        Path place = Files.exists(own()) ? own() : directory.resolve("repository");
        var builder = new ProcessBuilder("sh", "-c", command)
                .directory(place.toFile())
                .redirectErrorStream(true);
        builder.environment()
                .merge(
                        "PATH",
                        Path.of(System.getProperty("java.home"), "bin").toString(),
                        (path, java) -> java + ":" + path);
        builder.environment().put("SERVER_PORT", "" + gatewayPort);
        builder.environment().put("MANAGEMENT_SERVER_PORT", "" + managementPort);
        return builder;
    }

    private static boolean isOpen(int port) {
        try (var connection = new Socket("localhost", port)) {
            return connection.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        servers.forEach(Process::destroy);
        for (Process server : servers) {
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }
}
