package io.portcullis.bench.report;

import static io.portcullis.bench.report.TestMeasures.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.bench.subject.Subject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class ReportTests {
    private static final Comparison STEADY = new Comparison(
            "steady: 60 B & 64 connections",
            List.of(
                    measure(Subject.PORTCULLIS, 1, 20_000, 60).withSystemCalls(7.5),
                    measure(Subject.STOCK, 1, 10_000, 120),
                    measure(Subject.NETTY, 1, 10_000, 1, 9),
                    measure(Subject.NGINX, 1, 40_000, 24)));

    @Test
    void textWhenMeasuredThenAligned() {
        List<String> lines = ComparisonTable.of(STEADY).toText().lines().toList();

        assertThat(lines.get(0)).isEqualTo("steady: 60 B & 64 connections");
        assertThat(lines.subList(1, lines.size()).stream().map(String::length).distinct())
                .hasSize(1);
        assertThat(lines.get(2)).contains("portcullis", "20000", "60.0", "0.50", "2.00");
        assertThat(lines.get(1)).contains("p99.9 ms", "syscalls/req");
        assertThat(lines.get(2)).contains("9.00", "  7.5  ");
        assertThat(lines.get(3)).doesNotContain("7.5");
        assertThat(lines.get(4)).contains("netty", "1 (9 wrong)");
    }

    @Test
    void markdownWhenMeasuredThenATable() {
        List<String> lines = ComparisonTable.of(STEADY).toMarkdown().lines().toList();

        assertThat(lines.get(0)).isEqualTo("**steady: 60 B & 64 connections**");
        assertThat(lines.get(2)).startsWith("| subject | req/s |");
        assertThat(lines.get(3)).startsWith("| --- | ---: |");
        assertThat(lines).filteredOn(line -> line.startsWith("| nginx |")).hasSize(1);
    }

    @Test
    void plotWhenMeasuredThenWellFormedWithABarForEachUsableSubject() throws Exception {
        String svg = Plot.of(List.of(STEADY));
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));

        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(3);
        assertThat(svg).contains("60 us (0.50 x)", "prefers-color-scheme: dark", "60 B &amp; 64");
    }
}
