package io.portcullis.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.portcullis.testbed.DocumentedCommands;
import io.portcullis.testbed.DocumentedCommands.Command;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DocumentedCommandsTests {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final String JAR = "chaos/target/portcullis-chaos.jar";

    @ParameterizedTest
    @MethodSource("commands")
    void commandWhenParsedThenItsArgumentsAreKnown(Command command) {
        List<String> words = command.words();
        List<String> arguments = words.subList(words.indexOf(JAR) + 1, words.size());

        assertThatCode(() -> Options.parse(arguments.toArray(String[]::new))).doesNotThrowAnyException();
    }

    @Test
    void commandsWhenCountedThenTheDocumentsHaveSome() {
        assertThat(commands()).hasSizeGreaterThan(8);
    }

    /** Whole command lines, and the arguments that a text of the guarantees gives alone. */
    static List<Command> commands() {
        var whole = Stream.concat(
                        DocumentedCommands.inBlocks(REPOSITORY).stream(),
                        DocumentedCommands.inline(REPOSITORY).stream())
                .filter(command -> command.text().startsWith("java -jar " + JAR));
        var arguments = DocumentedCommands.inline(REPOSITORY).stream()
                .filter(command -> command.document().endsWith("guarantees.md"))
                .filter(command -> command.text().matches("--[a-z-]+ .*"));
        return Stream.concat(whole, arguments)
                .filter(command -> !command.text().contains("NAME"))
                .toList();
    }
}
