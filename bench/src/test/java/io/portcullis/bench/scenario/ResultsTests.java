package io.portcullis.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.bench.report.Table;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTests {
    private static final Table TABLE = new Table("flood: no token", List.of("subject"), List.of(List.of("portcullis")));

    private final Results results = new Results();

    @Test
    void attemptWhenTheCaseFailsThenItsTableSaysWhyAndTheNextOneRuns() {
        Table failed = results.attempt("flood: random methods", () -> {
            throw new IllegalArgumentException("wrk printed no result: invalid HTTP method\nmore of the output");
        });
        Table next = results.attempt("flood: no token", () -> results.add(TABLE));

        assertThat(failed.toText())
                .contains("flood: random methods", "FAILED", "invalid HTTP method")
                .doesNotContain("more of the output");
        assertThat(next).isEqualTo(TABLE);
        assertThat(results.tables()).containsExactly(failed, TABLE);
        assertThat(results.failures()).containsExactly("flood: random methods");
    }

    @Test
    void attemptWhenTheCaseSucceedsThenIsNoFailure() {
        assertThat(results.attempt("flood: no token", () -> results.add(TABLE))).isEqualTo(TABLE);
        assertThat(results.failures()).isEmpty();
        assertThat(results.tables()).containsExactly(TABLE);
    }
}
