package io.portcullis.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.bench.report.Table;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scenarios of the gateway alone. */
class TableBenchIT extends BenchTestCase {
    @Test
    void runWhenPortcullisIsMeasuredAloneThenHasATableOfEach() {
        List<Table> tables = run("latency,cookies,login,flags", "--flag-sets", "-XX:+UseSerialGC")
                .tables();

        assertThat(tables).as("%s", log).hasSize(4);
        assertThat(rows(tables.get(0)))
                .containsExactly(
                        "checked", "not checked", "the check adds", "a round trip to Redis", "the check adds to that");
        assertThat(rows(tables.get(1))).containsExactly("header", "cookie", "cookie / header");
        assertThat(rows(tables.get(2))).containsExactly("login", "refresh", "logout");
        assertThat(rows(tables.get(3))).containsExactly("-XX:+UseSerialGC");
    }

    @Test
    void runWhenStoresAreFilledThenHasARowOfEachLedgerAndEachPartOfTheSoakAndNoEndedSessionPasses() {
        List<Table> tables = run(
                        "replay,soak",
                        "--ledger-entries",
                        "1000",
                        "--sessions",
                        "1000",
                        "--soak-seconds",
                        "5",
                        "--rate",
                        "20")
                .tables();

        assertThat(tables).as("%s", log).hasSize(2);
        assertThat(rows(tables.get(0))).containsExactly("1,000, 1", "1,000, 2");
        assertThat(rows(tables.get(1))).startsWith("0", "0.0").hasSize(11);
        assertThat(log).noneMatch(line -> line.contains("ended: status 200"));
    }

    @Test
    void runWhenStartsAreMeasuredThenHasARowOfEachWayToStart() {
        List<Table> tables =
                run("start", "--only", "portcullis", "--starts", "1").tables();

        assertThat(tables).as("%s", log).hasSize(1);
        assertThat(rows(tables.get(0)))
                .startsWith("portcullis", "portcullis, extracted", "portcullis, extracted, CDS archive");
        assertThat(tables.get(0).rows()).allSatisfy(row -> assertThat(row).doesNotContain("-"));
    }

    private static List<String> rows(Table table) {
        return table.rows().stream().map(row -> row.get(0)).toList();
    }
}
