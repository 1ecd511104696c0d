package io.portcullis.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.quickstart.MarkdownPage.Heading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the two languages of the documents together, and their links and commands against the repository. */
class DocumentationTests {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Path DOCS = REPOSITORY.resolve("docs");
    private static final Path CHINESE = DOCS.resolve("zh");
    private static final Path CHINESE_README = REPOSITORY.resolve("README.zh-CN.md");

    /** Pages of {@code docs/} that exist in English alone. */
    private static final Set<String> ENGLISH_ONLY = Set.of("design.md", "guarantees.md", "performance.md");

    /** Pages whose Chinese version may be missing. No page belongs here when a version is released. */
    private static final Set<String> NOT_TRANSLATED_YET = Set.of();

    /** A page in both languages. */
    record Translation(Path english, Path chinese) {
        @Override
        public String toString() {
            return REPOSITORY.relativize(chinese).toString();
        }
    }

    @Test
    void englishPageWhenNotExemptThenItHasAChinesePage() {
        List<Path> missing = translations().stream()
                .map(Translation::chinese)
                .filter(chinese -> !Files.exists(chinese))
                .filter(chinese -> !mayBeMissing(chinese))
                .toList();

        assertThat(missing).isEmpty();
    }

    @Test
    void chinesePageWhenThereThenItHasAnEnglishPage() {
        List<Path> translated =
                translations().stream().map(Translation::chinese).toList();

        assertThat(pages(CHINESE)).allSatisfy(chinese -> assertThat(translated).contains(chinese));
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("existingTranslations")
    void chinesePageWhenComparedThenBuiltLikeTheEnglishOne(Translation pair) {
        MarkdownPage english = MarkdownPage.read(pair.english());
        MarkdownPage chinese = MarkdownPage.read(pair.chinese());

        assertThat(chinese.headings())
                .extracting(Heading::level)
                .as("levels of the headings")
                .isEqualTo(english.headings().stream().map(Heading::level).toList());
        assertThat(chinese.fences())
                .extracting(fence -> fence.language() + "\n" + fence.text())
                .as("code blocks")
                .isEqualTo(english.fences().stream()
                        .map(fence -> fence.language() + "\n" + fence.text())
                        .toList());
        assertThat(chinese.tables()).as("columns of the rows of tables").isEqualTo(english.tables());
        assertThat(targets(chinese)).as("files that the page links to").contains(pair.english());
        assertThat(targets(english)).as("files that the page links to").contains(pair.chinese());
    }

    @ParameterizedTest
    @MethodSource("allPages")
    void linkWhenRelativeThenItLeadsToAFileAndAHeading(Path file) {
        MarkdownPage page = MarkdownPage.read(file);

        List<String> broken = page.links().stream()
                .filter(link -> !link.matches("[a-z]+:.*"))
                .filter(link -> isBroken(page, link))
                .toList();

        assertThat(broken).isEmpty();
    }

    @Test
    void indexWhenReadThenItNamesEveryPage() {
        MarkdownPage index = MarkdownPage.read(DOCS.resolve("README.md"));

        assertThat(targets(index))
                .containsAll(translations().stream()
                        .map(Translation::english)
                        .filter(page -> !page.equals(index.file()))
                        .toList());
        assertThat(targets(index))
                .containsAll(ENGLISH_ONLY.stream().map(DOCS::resolve).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/tutorial.md", "docs/operations.md"})
    void shellCommandsWhenDocumentedThenATestRunsThemOrTheMarkSaysWhyNot(String document) {
        MarkdownPage page = MarkdownPage.read(REPOSITORY.resolve(document));
        Set<String> tests = Set.copyOf(fileNames("Tests.java", "IT.java"));

        assertThat(page.fences())
                .filteredOn(MarkdownPage.Fence::isShell)
                .isNotEmpty()
                .allSatisfy(fence -> {
                    assertThat(fence.mark()).as(fence.text()).matches("run by: \\w+|not run: .+");
                    if (fence.mark().startsWith("run by: ")) {
                        assertThat(tests).contains(fence.mark().replace("run by: ", "") + ".java");
                    }
                });
    }

    /** Every English page that is to have a Chinese version, with the place of that version, whether it exists or not. */
    private static List<Translation> translations() {
        List<Translation> pairs = new ArrayList<>();
        pairs.add(new Translation(REPOSITORY.resolve("README.md"), CHINESE_README));
        pages(DOCS).stream()
                .filter(page -> !page.startsWith(CHINESE) && !page.startsWith(DOCS.resolve("adr")))
                .filter(page -> !ENGLISH_ONLY.contains(DOCS.relativize(page).toString()))
                .map(page -> new Translation(page, CHINESE.resolve(DOCS.relativize(page))))
                .forEach(pairs::add);
        return pairs;
    }

    static List<Translation> existingTranslations() {
        return translations().stream()
                .filter(pair -> Files.exists(pair.chinese()))
                .toList();
    }

    static List<Path> allPages() {
        return pages(REPOSITORY);
    }

    private static boolean mayBeMissing(Path chinese) {
        Path place = chinese.equals(CHINESE_README) ? Path.of("../README.md") : CHINESE.relativize(chinese);
        return NOT_TRANSLATED_YET.contains(place.toString());
    }

    private static boolean isBroken(MarkdownPage page, String link) {
        Path target = target(page, link);
        if (!Files.exists(target)) {
            boolean isChinese = target.startsWith(CHINESE) || target.equals(CHINESE_README);
            return !(isChinese && mayBeMissing(target));
        }
        int anchor = link.indexOf('#');
        return anchor >= 0
                && target.toString().endsWith(".md")
                && !MarkdownPage.read(target).anchors().contains(link.substring(anchor + 1));
    }

    private static List<Path> targets(MarkdownPage page) {
        return page.links().stream()
                .filter(link -> !link.matches("[a-z]+:.*"))
                .map(link -> target(page, link))
                .toList();
    }

    private static Path target(MarkdownPage page, String link) {
        String path = link.replaceFirst("#.*", "");
        return path.isEmpty() ? page.file() : page.file().resolveSibling(path).normalize();
    }

    private static List<Path> pages(Path directory) {
        return Files.exists(directory) ? files(directory, ".md") : List.of();
    }

    private static List<String> fileNames(String... endings) {
        return Stream.of(endings)
                .flatMap(ending -> files(REPOSITORY, ending).stream())
                .map(file -> file.getFileName().toString())
                .toList();
    }

    /** The files below a directory, but for what builds make and what is hidden. */
    private static List<Path> files(Path directory, String ending) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                    String name = visited.getFileName().toString();
                    boolean isMade = name.startsWith(".")
                            || Set.of("target", "node_modules").contains(name);
                    return isMade ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(ending)) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(null);
        return files;
    }
}
