package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds docs/security.md and the tests that it names together. */
class SecurityDocumentTests {
    private static final Path REPOSITORY = Path.of("..");
    private static final Path DOCUMENT = REPOSITORY.resolve("docs/security.md");

    /** A test class, alone or with one of its methods, as inline code. */
    private static final Pattern NAMED_TEST = Pattern.compile("`([A-Z]\\w*(?:Tests|IT))(?:\\.(\\w+))?`");
    /** A row of a table about ASVS: the number of the requirement comes first. */
    private static final Pattern ITEM = Pattern.compile("\\| (\\d+\\.\\d+\\.\\d+) \\|.*");
    /** All requirements of chapter V7 of ASVS 5.0. */
    private static final List<String> SESSION_MANAGEMENT = List.of(
            "7.1.1", "7.1.2", "7.1.3", "7.2.1", "7.2.2", "7.2.3", "7.2.4", "7.3.1", "7.3.2", "7.4.1", "7.4.2", "7.4.3",
            "7.4.4", "7.4.5", "7.5.1", "7.5.2", "7.5.3", "7.6.1", "7.6.2");

    private static List<String> lines = List.of();

    @BeforeAll
    static void read() throws IOException {
        lines = Files.readAllLines(DOCUMENT);
    }

    @Test
    void testsWhenNamedThenExist() throws IOException {
        Map<String, String> sources = testSources();
        List<MatchResult> named =
                NAMED_TEST.matcher(String.join("\n", lines)).results().toList();
        List<String> missing = named.stream()
                .filter(test -> !exists(test, sources))
                .map(MatchResult::group)
                .toList();

        assertThat(missing)
                .as("tests that %s names and no module has", DOCUMENT)
                .isEmpty();
        assertThat(named).hasSizeGreaterThan(100);
    }

    @Test
    void itemsWhenListedThenAllOfSessionManagementOnceInOrder() {
        assertThat(items()).filteredOn(item -> item.startsWith("7.")).isEqualTo(SESSION_MANAGEMENT);
    }

    @Test
    void itemsWhenListedThenEachNamesATestOrSaysThatThereIsNone() {
        List<String> silent = lines.stream()
                .filter(line -> ITEM.matcher(line).matches())
                .filter(line -> !NAMED_TEST.matcher(line).find() && !line.contains("no test"))
                .toList();

        assertThat(silent).isEmpty();
    }

    private static List<String> items() {
        List<String> items = new ArrayList<>();
        for (String line : lines) {
            var item = ITEM.matcher(line);
            if (item.matches()) {
                items.add(item.group(1));
            }
        }
        return items;
    }

    /** Whether a class of this name exists and, if the document names a method, declares it. */
    private static boolean exists(MatchResult test, Map<String, String> sources) {
        String source = sources.get(test.group(1));
        if (source == null) {
            return false;
        }
        return test.group(2) == null
                || Pattern.compile("(?m)^ {4}[\\w<>?, ]+ " + test.group(2) + "\\(")
                        .matcher(source)
                        .find();
    }

    /** Returns the sources of the tests of all modules by the name of the class; classes of one name are joined. */
    private static Map<String, String> testSources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> modules = Files.list(REPOSITORY)) {
            for (Path module : modules.map(path -> path.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                addTo(sources, module);
            }
        }
        return sources;
    }

    private static void addTo(Map<String, String> sources, Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                sources.merge(name, Files.readString(file), String::concat);
            }
        }
    }
}
