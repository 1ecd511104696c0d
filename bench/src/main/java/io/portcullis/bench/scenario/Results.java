package io.portcullis.bench.scenario;

import io.portcullis.bench.report.Comparison;
import io.portcullis.bench.report.ComparisonTable;
import io.portcullis.bench.report.Table;
import io.portcullis.core.error.RootCause;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import reactor.core.Exceptions;

/** The results of a run, in the order of the scenarios. */
public final class Results {
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    Table add(Comparison comparison) {
        comparisons.add(comparison);
        return add(ComparisonTable.of(comparison));
    }

    Table add(Table table) {
        tables.add(table);
        return table;
    }

    /**
     * Runs a case and returns its table. If the case throws, adds and returns a table with the reason instead, and {@link
     * #failures} contains the title.
     */
    Table attempt(String title, Supplier<Table> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return addFailure(title, e);
        }
    }

    /** Adds and returns a table with the reason of a failure. Adds the title to {@link #failures}. */
    Table addFailure(String title, RuntimeException failure) {
        failures.add(title);
        return add(new Table(title, List.of("outcome", "reason"), List.of(List.of("FAILED", reason(failure)))));
    }

    /** Returns the first line of the message and of the root cause's, because a table has one line for each row. */
    private static String reason(RuntimeException failure) {
        Throwable cause = Exceptions.unwrap(failure);
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return cause.getCause() == null
                ? message
                : message + ": " + RootCause.describe(cause).lines().findFirst().orElse("");
    }

    /** Returns the titles of the cases that failed. */
    public List<String> failures() {
        return List.copyOf(failures);
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
