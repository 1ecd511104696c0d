package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of {@code docs/metrics.md}. */
final class MetricTable {
    static final Path FILE = Path.of("..", "docs", "metrics.md");

    private static final Pattern TAG = Pattern.compile("`([\\w.]+)`");

    private MetricTable() {}

    /**
     * One row of the table.
     *
     * @param prometheus the name at the metrics endpoint, without the suffixes of a histogram's series
     * @param kind {@code counter}, {@code gauge} or {@code timer}
     * @param unit {@code seconds}, or empty
     * @param tags the names of the tags
     */
    record Row(String name, String prometheus, String kind, String unit, Set<String> tags, String meaning) {}

    static List<Row> read() throws IOException {
        List<Row> rows = Files.readAllLines(FILE).stream()
                .filter(line -> line.startsWith("| `portcullis."))
                .map(MetricTable::row)
                .toList();
        assertThat(rows).extracting(Row::name).doesNotHaveDuplicates();
        assertThat(rows).allSatisfy(row -> assertThat(row.meaning()).isNotBlank());
        return rows;
    }

    private static Row row(String line) {
        String[] cells = line.split("\\|", -1);
        Set<String> tags = new TreeSet<>();
        // The names of the tags stand before the colon, their values behind it.
        for (String tag : cells[5].split(";", -1)) {
            Matcher matcher = TAG.matcher(tag);
            if (matcher.find()) {
                tags.add(matcher.group(1));
            }
        }
        return new Row(plain(cells[1]), plain(cells[2]), cells[3].strip(), cells[4].strip(), tags, cells[6].strip());
    }

    private static String plain(String cell) {
        return cell.strip().replace("`", "");
    }
}
