package io.portcullis.bench.scenario;

import io.portcullis.bench.report.Comparison;
import io.portcullis.bench.report.ComparisonTable;
import io.portcullis.bench.report.Table;
import java.util.ArrayList;
import java.util.List;

/** What came out, in the order in which it was asked for. */
public final class Results {
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();

    Table add(Comparison comparison) {
        comparisons.add(comparison);
        return add(ComparisonTable.of(comparison));
    }

    Table add(Table table) {
        tables.add(table);
        return table;
    }

    public List<Comparison> comparisons() {
        return List.copyOf(comparisons);
    }

    public List<Table> tables() {
        return List.copyOf(tables);
    }
}
