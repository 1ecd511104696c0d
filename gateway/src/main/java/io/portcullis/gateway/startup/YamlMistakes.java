package io.portcullis.gateway.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.FileSystemResource;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Describes mistakes in YAML files. The parser's own messages quote the file, which may contain a password. */
public final class YamlMistakes {
    /** Begins what the parser quotes of the file, and its advice about tabs. */
    private static final Pattern QUOTED = Pattern.compile(
            "(?s)(?<=undefined alias|for the tag|tag handle|duplicate anchor|duplicate key)\\s.*|[.\\s]*\\(Do not use.*");

    private YamlMistakes() {}

    /**
     * Reads each file and describes the first mistake. Blocks.
     *
     * @param mistake the mistake to describe if none of the files has one
     * @param files the YAML files that may have caused it
     */
    public static ConfigurationException describe(YAMLException mistake, Collection<Path> files) {
        for (Path file : files) {
            try {
                var unused = new YamlPropertySourceLoader().load(file.toString(), new FileSystemResource(file));
            } catch (YAMLException e) {
                return describe(e, file);
            } catch (IOException e) {
                // A file that cannot be read has no mistake in its YAML.
            }
        }
        return describe(mistake, "A configuration file");
    }

    /** Describes the mistake of a file. */
    public static ConfigurationException describe(YAMLException mistake, Path file) {
        return describe(mistake, PropertyOrigins.relative(file));
    }

    /** Returns whether Spring Boot reads a file of this name as YAML. */
    public static boolean isYaml(Path file) {
        return file.toString().matches(".*\\.ya?ml");
    }

    /** Returns the YAML files of a directory; empty if the directory cannot be read. Blocks. */
    public static List<Path> filesIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(YamlMistakes::isYaml).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static ConfigurationException describe(YAMLException mistake, String file) {
        Mark mark = mistake instanceof MarkedYAMLException marked ? marked.getProblemMark() : null;
        String line = mark == null ? "" : ", line " + (mark.getLine() + 1) + ",";
        return new ConfigurationException(
                file + line + " is not valid YAML: " + problem(mistake) + ".",
                "Correct the line; YAML is indented with spaces alone.");
    }

    private static String problem(YAMLException mistake) {
        @Nullable
        String problem =
                mistake instanceof MarkedYAMLException marked ? marked.getProblem() : "a character is not allowed";
        return QUOTED.matcher(String.valueOf(problem)).replaceFirst("").strip();
    }
}
