package io.portcullis.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.DocumentedCommands;
import io.portcullis.testbed.DocumentedCommands.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the Maven commands of the documents against the build, and finds commands that nothing runs. */
class DocumentedCommandsTests {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    /** The arguments of these are parsed by tests of their own modules. */
    private static final String TOOLS = "java -jar (chaos|bench|quickstart)/target/portcullis-\\1\\.jar.*";

    @ParameterizedTest
    @MethodSource("mavenCommands")
    void mavenCommandWhenReadThenItsModulesProfilesAndTestsExist(Command command) throws IOException {
        String pom = Files.readString(REPOSITORY.resolve("pom.xml"));
        List<String> words = command.words();

        assertThat(words.stream().filter(word -> word.startsWith("-P")))
                .allSatisfy(profile -> assertThat(pom).contains("<id>" + profile.substring(2) + "</id>"));
        if (words.contains("-pl")) {
            assertThat(words.get(words.indexOf("-pl") + 1).split(","))
                    .allSatisfy(module -> assertThat(pom).contains("<module>" + module + "</module>"));
        }
        assertThat(words.stream().filter(word -> word.matches("-D(it\\.)?test=(?!none).*")))
                .allSatisfy(test -> assertThat(sources()).contains(test.replaceFirst(".*=", "") + ".java"));
    }

    @Test
    void commandsWhenOfNoKnownKindThenTheirSectionSaysThatNoTestRunsThem() {
        assertThat(DocumentedCommands.inBlocks(REPOSITORY))
                .filteredOn(command -> !command.text().matches("mvn .*|" + TOOLS))
                // QuickStartIT and TutorialIT type these.
                .filteredOn(command -> !List.of("README.md", "docs/tutorial.md").contains(command.document()))
                .allSatisfy(command -> assertThat(command.section())
                        .containsPattern(
                                "No test runs|<!-- run by: \\w+ -->\n```sh\n[^`]*" + Pattern.quote(command.text())));
    }

    static List<Command> mavenCommands() {
        return Stream.concat(
                        DocumentedCommands.inBlocks(REPOSITORY).stream(),
                        DocumentedCommands.inline(REPOSITORY).stream())
                .filter(command -> command.text().startsWith("mvn "))
                .toList();
    }

    private static List<String> sources() {
        return Stream.of("auth-core", "gateway", "chaos", "quickstart", "bench")
                .flatMap(module -> fileNames(REPOSITORY.resolve(module).resolve("src/test")).stream())
                .toList();
    }

    private static List<String> fileNames(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
