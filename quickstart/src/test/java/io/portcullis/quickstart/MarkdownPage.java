package io.portcullis.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The structure of a Markdown file, as far as tests compare it: headings, code fences, tables and links, in order. */
final class MarkdownPage {
    private static final Pattern FENCE = Pattern.compile("( *)```(\\w*)");
    private static final Pattern HEADING = Pattern.compile("(#{1,6}) (.*)");
    private static final Pattern MARK = Pattern.compile("<!-- (.*) -->");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)|<img src=\"([^\"]+)\"");
    private static final Pattern COLUMN_BORDER = Pattern.compile("(?<!\\\\)\\|");

    private final Path file;
    private final List<Heading> headings = new ArrayList<>();
    private final List<Fence> fences = new ArrayList<>();
    private final List<List<Integer>> tables = new ArrayList<>();
    private final List<String> links = new ArrayList<>();

    /** A heading of {@code level} 1 to 6. */
    record Heading(int level, String text) {}

    /**
     * A block of code.
     *
     * @param mark the text of the HTML comment on the line above; empty if there is none
     */
    record Fence(String language, String mark, String text) {
        boolean isShell() {
            return Set.of("sh", "bash", "shell", "console").contains(language);
        }
    }

    private MarkdownPage(Path file) {
        this.file = file;
    }

    static MarkdownPage read(Path file) {
        var page = new MarkdownPage(file);
        try {
            page.parse(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return page;
    }

    Path file() {
        return file;
    }

    List<Heading> headings() {
        return headings;
    }

    List<Fence> fences() {
        return fences;
    }

    /** For each table the number of columns of each row. */
    List<List<Integer>> tables() {
        return tables;
    }

    /** The targets of all links and images outside code. */
    List<String> links() {
        return links;
    }

    /** The anchors that GitHub gives to the headings. */
    Set<String> anchors() {
        Map<String, Integer> seen = new HashMap<>();
        Set<String> anchors = new HashSet<>();
        for (Heading heading : headings) {
            String anchor = heading.text()
                    .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{M}\\p{N}_\\- ]", "")
                    .replace(' ', '-');
            int earlier = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(earlier == 0 ? anchor : anchor + "-" + earlier);
        }
        return anchors;
    }

    private void parse(List<String> lines) {
        String above = "";
        List<Integer> table = new ArrayList<>();
        for (int at = 0; at < lines.size(); at++) {
            String line = lines.get(at);
            Matcher fence = FENCE.matcher(line);
            if (fence.matches()) {
                Matcher mark = MARK.matcher(above.strip());
                List<String> code = fenceFrom(lines, at + 1, fence.group(1) + "```");
                fences.add(new Fence(fence.group(2), mark.matches() ? mark.group(1) : "", String.join("\n", code)));
                at += code.size() + 1;
            } else {
                parse(line, table);
            }
            above = line;
        }
        parse("", table);
    }

    private List<String> fenceFrom(List<String> lines, int first, String end) {
        int last = first;
        while (!lines.get(last).equals(end)) {
            last++;
            if (last == lines.size()) {
                throw new AssertionError(file + ", line " + first + ": the code block has no end");
            }
        }
        return lines.subList(first, last);
    }

    private void parse(String line, List<Integer> table) {
        if (line.startsWith("|")) {
            table.add((int) COLUMN_BORDER.matcher(line).results().count() - 1);
        } else if (!table.isEmpty()) {
            tables.add(List.copyOf(table));
            table.clear();
        }
        Matcher heading = HEADING.matcher(line);
        if (heading.matches()) {
            headings.add(new Heading(heading.group(1).length(), heading.group(2)));
        }
        LINK.matcher(line.replaceAll("`[^`]*`", "code"))
                .results()
                .map(MarkdownPage::target)
                .forEach(links::add);
    }

    private static String target(MatchResult link) {
        return link.group(1) == null ? link.group(2) : link.group(1);
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
