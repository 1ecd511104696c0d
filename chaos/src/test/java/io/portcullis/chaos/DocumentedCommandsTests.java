package io.portcullis.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.portcullis.testbed.DocumentedCommands;
import io.portcullis.testbed.DocumentedCommands.Command;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DocumentedCommandsTests {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final String JAR = "chaos/target/portcullis-chaos.jar";

    @ParameterizedTest
    @MethodSource("commands")
    void commandWhenParsedThenItsArgumentsAreKnown(Command command) {
        List<String> arguments = command.argumentsOf(JAR);

        assertThatCode(() -> Options.parse(arguments.toArray(String[]::new))).doesNotThrowAnyException();
    }

    @Test
    void commandsWhenCountedThenTheDocumentsHaveSome() {
        assertThat(commands()).hasSizeGreaterThan(8);
    }

    static List<Command> commands() {
        return DocumentedCommands.ofTool(REPOSITORY, JAR, "guarantees.md", "NAME");
    }
}
