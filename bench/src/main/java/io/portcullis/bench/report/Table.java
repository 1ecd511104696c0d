package io.portcullis.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A table of text. The first column is left-aligned, the others are right-aligned. */
public record Table(String title, List<String> header, List<List<String>> rows) {
    public Table {
        header = List.copyOf(header);
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** Returns the table as plain text for a terminal. */
    public String toText() {
        int[] widths = IntStream.range(0, header.size()).map(this::width).toArray();
        return Stream.concat(Stream.of(header), rows.stream())
                .map(row -> line(row, widths))
                .collect(Collectors.joining("\n", title + "\n", "\n"));
    }

    /** Returns the table in Markdown. */
    public String toMarkdown() {
        List<String> rule = new ArrayList<>(List.of("---"));
        header.stream().skip(1).forEach(name -> rule.add("---:"));
        return Stream.concat(Stream.of(header, rule), rows.stream())
                .map(row -> row.stream().collect(Collectors.joining(" | ", "| ", " |")))
                .collect(Collectors.joining("\n", "**" + title + "**\n\n", "\n"));
    }

    private int width(int column) {
        return Stream.concat(Stream.of(header), rows.stream())
                .mapToInt(row -> row.get(column).length())
                .max()
                .orElse(0);
    }

    private static String line(List<String> row, int[] widths) {
        return IntStream.range(0, row.size())
                .mapToObj(i -> String.format("%" + (i == 0 ? "-" : "") + widths[i] + "s", row.get(i)))
                .collect(Collectors.joining("  ", "  ", ""));
    }
}
