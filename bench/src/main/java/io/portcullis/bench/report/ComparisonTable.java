package io.portcullis.bench.report;

import java.util.List;

/** Renders a comparison as a table. */
public final class ComparisonTable {
    private static final List<String> HEADER = List.of(
            "subject",
            "req/s",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "CPU us/req",
            "of it JIT",
            "Redis us/req",
            "heap KB/req",
            "RSS MB",
            "syscalls/req",
            "CPU x",
            "req/s x",
            "p99 x",
            "heap x",
            "CPU x lua",
            "left out");

    private ComparisonTable() {}

    /** Returns a table with one row for each subject. */
    public static Table of(Comparison comparison) {
        return new Table(
                comparison.title(),
                HEADER,
                comparison.lines().stream().map(ComparisonTable::row).toList());
    }

    private static List<String> row(Comparison.Line line) {
        boolean jvm = line.subject().isJvm();
        return List.of(
                line.subject().label(),
                Numbers.format(line.rate(), 0),
                Numbers.format(line.p50Micros() / 1_000, 2),
                Numbers.format(line.p99Micros() / 1_000, 2),
                Numbers.format(line.p999Micros() / 1_000, 2),
                Numbers.format(line.cpuMicros(), 1),
                jvm ? Numbers.format(line.compilerMicros(), 1) : "-",
                Numbers.format(line.redisMicros(), 1),
                jvm ? Numbers.format(line.heapBytes() / 1_024, 1) : "-",
                Numbers.format(line.rssBytes() / (1 << 20), 0),
                Numbers.format(line.systemCalls(), 1),
                Numbers.format(line.cpuRatio(), 2),
                Numbers.format(line.rateRatio(), 2),
                Numbers.format(line.p99Ratio(), 2),
                jvm ? Numbers.format(line.heapRatio(), 2) : "-",
                Numbers.format(line.cpuToLua(), 2),
                line.unusable() == 0 ? "-" : "%d (%d wrong)".formatted(line.unusable(), line.wrong()));
    }
}
