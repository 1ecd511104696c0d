package io.portcullis.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Extracts the commands from the repository's documents, so that tests can check them against the code. The documents are
 * {@code README.md}, {@code CONTRIBUTING.md}, {@code SECURITY.md} and {@code docs/*.md}.
 */
public final class DocumentedCommands {
    private static final Pattern INLINE = Pattern.compile("`([^`\n]+(?:\n[^`\n]+)?)`");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private DocumentedCommands() {}

    /**
     * A command line in a document.
     *
     * @param document the path of the document in the repository
     * @param section the text of the section that contains the command, from its heading to the next one
     */
    public record Command(String document, String section, String text) {
        /** Returns the words of the command, split as a shell splits them, without quotes. */
        public List<String> words() {
            List<String> words = new ArrayList<>();
            Matcher word = WORD.matcher(text);
            while (word.find()) {
                words.add(word.group(1) == null ? word.group(2) : word.group(1));
            }
            return words;
        }

        /** The words behind the tool's jar; all words if the command is arguments alone. */
        public List<String> argumentsOf(String jar) {
            List<String> words = words();
            return words.subList(words.indexOf(jar) + 1, words.size());
        }

        @Override
        public String toString() {
            return document + ": " + text;
        }
    }

    /**
     * Returns the commands of all code blocks marked {@code sh}, without comments. Commands joined by {@code &&} are
     * returned separately.
     */
    public static List<Command> inBlocks(Path repository) {
        return sections(repository)
                .flatMap(section -> blocks(section.text())
                        .flatMap(block -> commands(block).stream())
                        .map(text -> new Command(section.document(), section.text(), text)))
                .toList();
    }

    /** Returns all inline code, such as {@code `--seed 17`}. */
    public static List<Command> inline(Path repository) {
        return sections(repository)
                .flatMap(section -> INLINE.matcher(withoutBlocks(section.text()))
                        .results()
                        .map(code -> new Command(
                                section.document(),
                                section.text(),
                                code.group(1).replace('\n', ' '))))
                .toList();
    }

    /**
     * Returns the commands with which documents start a tool: whole command lines, and arguments that one document gives alone, such
     * as {@code --seed 17}. Omits commands that contain {@code placeholder}, because a reader must complete them.
     *
     * @param jar the tool's jar, relative to the repository
     * @param document the end of the name of the document that gives arguments alone
     */
    public static List<Command> ofTool(Path repository, String jar, String document, String placeholder) {
        List<Command> inline = inline(repository);
        var whole = Stream.concat(inBlocks(repository).stream(), inline.stream())
                .filter(command -> command.text().startsWith("java -jar " + jar));
        var arguments = inline.stream()
                .filter(command -> command.document().endsWith(document))
                .filter(command -> command.text().matches("--[a-z-]+ .*"));
        return Stream.concat(whole, arguments)
                .filter(command -> !command.text().contains(placeholder))
                .toList();
    }

    /**
     * Returns the commands of the block with index {@code n} (from 0) among the blocks of a document marked {@code sh}.
     * Lines that end in a backslash are joined.
     */
    public static List<String> block(Path document, int n) {
        return commands(blocks(read(document)).skip(n).findFirst().orElseThrow());
    }

    private record Section(String document, String text) {}

    private static Stream<Section> sections(Path repository) {
        return documents(repository).stream()
                .flatMap(document -> Stream.of(read(document).split("(?m)^(?=#{2,4} )"))
                        .map(text -> new Section(repository.relativize(document).toString(), text)));
    }

    private static List<Path> documents(Path repository) {
        List<Path> documents = new ArrayList<>(List.of(
                repository.resolve("README.md"),
                repository.resolve("CONTRIBUTING.md"),
                repository.resolve("SECURITY.md")));
        try (Stream<Path> files = Files.list(repository.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return documents;
    }

    private static Stream<String> blocks(String text) {
        return Pattern.compile("(?ms)^```sh\n(.*?)^```").matcher(text).results().map(block -> block.group(1));
    }

    private static String withoutBlocks(String text) {
        return text.replaceAll("(?ms)^```.*?^```", "");
    }

    private static List<String> commands(String block) {
        return block.replaceAll("\\\\\n\\s*", "")
                .lines()
                .map(line -> line.replaceFirst("(^|\\s+)#.*", "").trim())
                .flatMap(line -> Stream.of(line.split(" && ")))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
