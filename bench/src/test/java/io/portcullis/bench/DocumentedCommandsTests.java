package io.portcullis.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.portcullis.testbed.DocumentedCommands;
import io.portcullis.testbed.DocumentedCommands.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DocumentedCommandsTests {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final String JAR = "bench/target/portcullis-bench.jar";

    @ParameterizedTest
    @MethodSource("commands")
    void commandWhenParsedThenItsArgumentsAreKnown(Command command) {
        List<String> arguments = new ArrayList<>(command.argumentsOf(JAR));
        // The JDK that a reader has elsewhere.
        arguments.replaceAll(word -> word.equals("/opt/jdk-25") ? System.getProperty("java.home") : word);

        assertThatCode(() -> Options.parse(arguments.toArray(String[]::new))).doesNotThrowAnyException();
    }

    @Test
    void commandsWhenCountedThenTheDocumentsHaveSome() {
        assertThat(commands()).hasSizeGreaterThan(12);
    }

    static List<Command> commands() {
        return DocumentedCommands.ofTool(REPOSITORY, JAR, "performance.md", "...");
    }
}
