package io.portcullis.bench.scenario;

import io.portcullis.bench.report.Comparison;
import io.portcullis.bench.report.ComparisonTable;
import io.portcullis.bench.report.Table;
import java.util.ArrayList;
import java.util.List;

/** The results of a run, in the order of the scenarios. */
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

    /** Returns the comparisons of the load scenarios, for the plot. */
    public List<Comparison> comparisons() {
        return List.copyOf(comparisons);
    }

    /** Returns the tables of all scenarios. */
    public List<Table> tables() {
        return List.copyOf(tables);
    }
}
