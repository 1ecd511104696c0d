package io.portcullis.gateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.error.YAMLException;

/** Tests that a mistake in a YAML file is described by its place, without the text of the file. */
class YamlMistakesTests {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: 1\\n\\tpassword: hush  | b.yaml, line 2, is not valid YAML: found character '\\t(TAB)' that cannot start any token.",
                "password: \"hush        | b.yaml, line 1, is not valid YAML: found unexpected end of stream.",
                "password: hush: hush    | b.yaml, line 1, is not valid YAML: mapping values are not allowed here.",
                "password: *hush        | b.yaml, line 1, is not valid YAML: found undefined alias.",
                "password: !hush x      | b.yaml, line 1, is not valid YAML: could not determine a constructor for the tag.",
                "password: hush\\0       | b.yaml is not valid YAML: a character is not allowed.",
            })
    void describeWhenOneOfTheFilesIsWrongThenItsPlace(String content, String description) throws IOException {
        Files.writeString(directory.resolve("a.yaml"), "a: 1\n");
        Files.writeString(directory.resolve("b.yaml"), content.translateEscapes());

        var described = YamlMistakes.describe(new YAMLException("hush"), YamlMistakes.filesIn(directory));

        assertThat(described.description()).endsWith(description).doesNotContain("hush");
    }

    @Test
    void describeWhenNoFileIsWrongThenNoPlace() {
        var described = YamlMistakes.describe(new YAMLException("hush"), YamlMistakes.filesIn(directory));

        assertThat(described.description())
                .isEqualTo("A configuration file is not valid YAML: a character is not allowed.");
    }

    @Test
    void filesInWhenThereIsNoDirectoryThenNone() {
        assertThat(YamlMistakes.filesIn(directory.resolve("gone"))).isEmpty();
    }
}
