package io.portcullis.bench.report;

import io.portcullis.bench.subject.Subject;
import java.util.List;
import java.util.Locale;

/** Renders the CPU time per request as an SVG bar chart that is readable on light and dark pages. */
public final class Plot {
    private static final int WIDTH = 800;
    private static final int LEFT = 150;
    private static final int BAR_WIDTH = 400;
    private static final int BAR = 18;
    private static final int STEP = 26;
    private static final int HEAD = 52;
    private static final int GROUP_GAP = 28;

    private static final String OPENING = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
            <title>CPU per request</title>
            <style>
              text { font: 13px system-ui, sans-serif; fill: #24292f; }
              .title { font-weight: 600; }
              .note { fill: #57606a; }
              .bar { fill: #9aa4b1; }
              .ours { fill: #2f81f7; }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3; }
                .note { fill: #9198a1; }
                .bar { fill: #656d76; }
              }
            </style>
            """;
    private static final String TITLE = """
            <text class="title" x="16" y="%d">%s</text>
            <text class="note" x="16" y="%d">CPU per request in microseconds, and as a multiple of stock; less is better</text>
            """;
    private static final String ROW = """
            <text x="%d" y="%d" text-anchor="end">%s</text>
            <rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="3"/>
            <text x="%d" y="%d">%s</text>
            """;

    private Plot() {}

    /** Returns the chart with one group of bars for each comparison. Leaves out subjects without a usable round. */
    public static String of(List<Comparison> comparisons) {
        StringBuilder groups = new StringBuilder();
        int y = 0;
        for (Comparison comparison : comparisons) {
            y = append(groups, comparison, y);
        }
        return OPENING.formatted(WIDTH, y) + groups + "</svg>\n";
    }

    private static int append(StringBuilder svg, Comparison comparison, int top) {
        List<Comparison.Line> lines = comparison.lines().stream()
                .filter(line -> Double.isFinite(line.cpuMicros()))
                .toList();
        double longest =
                lines.stream().mapToDouble(Comparison.Line::cpuMicros).max().orElse(1);
        svg.append(TITLE.formatted(top + 22, escape(comparison.title()), top + 40));
        int y = top + HEAD;
        for (Comparison.Line line : lines) {
            svg.append(row(line, y, (int) Math.max(2, BAR_WIDTH * line.cpuMicros() / longest)));
            y += STEP;
        }
        return y + GROUP_GAP;
    }

    private static String row(Comparison.Line line, int y, int width) {
        int baseline = y + BAR - 4;
        String style = line.subject() == Subject.PORTCULLIS ? "ours" : "bar";
        String figure = Double.isFinite(line.cpuRatio())
                ? String.format(
                        Locale.ROOT, "%.0f us (%.2f x), %.0f req/s", line.cpuMicros(), line.cpuRatio(), line.rate())
                : String.format(Locale.ROOT, "%.0f us, %.0f req/s", line.cpuMicros(), line.rate());
        return ROW.formatted(
                LEFT - 8,
                baseline,
                escape(line.subject().label()),
                style,
                LEFT,
                y,
                width,
                BAR,
                LEFT + width + 8,
                baseline,
                figure);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
