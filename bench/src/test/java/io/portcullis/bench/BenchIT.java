package io.portcullis.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.bench.load.H2load;
import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.report.Measure;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.scenario.Results;
import io.portcullis.bench.subject.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One short round of each kind, so that the tool cannot rot. It looks at whether there are figures, never at how large they are. */
class BenchIT {
    private final List<String> log = new ArrayList<>();

    @BeforeEach
    void needsWrk() {
        assumeTrue(Wrk.isInstalled(), "skipped, since wrk is not installed");
    }

    private Results run(String scenarios, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--scenarios",
                scenarios,
                "--rounds",
                "1",
                "--seconds",
                "1",
                "--warm-up",
                "500",
                "--connections",
                "4",
                "--flags",
                "-Xmx512m -XX:TieredStopAtLevel=1",
                "--portcullis-args",
                "--portcullis.redis.command-timeout=2s"));
        arguments.addAll(List.of(more));
        return new BenchRun(Options.parse(arguments.toArray(String[]::new)), log::add).run();
    }

    @Test
    void runWhenLoadsAreComparedThenHasAFigureForEverything(@TempDir Path directory) throws Exception {
        Path markdown = directory.resolve("table.md");
        Path svg = directory.resolve("plot.svg");
        Results results =
                run("steady", "--only", "portcullis,stock", "--markdown", markdown.toString(), "--svg", svg.toString());

        assertThat(results.comparisons()).hasSize(1);
        assertThat(results.comparisons().get(0).measures())
                .as("%s", log)
                .hasSize(2)
                .allSatisfy(measure -> {
                    assertThat(measure.rate()).isPositive();
                    assertThat(measure.cpuMicros()).isPositive();
                    assertThat(measure.p99Micros()).isGreaterThanOrEqualTo(measure.p50Micros());
                    assertThat(measure.heapBytes()).isPositive();
                    assertThat(measure.rssBytes()).isGreaterThan(50 << 20);
                    // A gateway that is still cold, on a machine that is busy, may be too slow for its own limits now
                    // and then.
                    assertThat((double) measure.wrong()).isLessThan(measure.rate() / 10);
                });
        assertThat(Files.readString(markdown)).contains("| portcullis |", "| stock |");
        assertThat(Files.readString(svg)).contains("<svg", "</svg>");
    }

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
    void runWhenTheLoopIsOpenThenHasTheLatenciesOfEachRate() {
        assumeTrue(H2load.isInstalled(), "skipped, since h2load is not installed");
        Results results = run("open-loop", "--only", "portcullis");

        assertThat(results.failures()).as("%s", log).isEmpty();
        assertThat(results.comparisons())
                .as("%s", log)
                .hasSize(3)
                .allSatisfy(comparison -> assertThat(comparison.measures())
                        .hasSize(1)
                        .allSatisfy(measure -> {
                            assertThat(measure.rate()).isPositive();
                            assertThat(measure.p50Micros()).isPositive();
                            assertThat(measure.p99Micros()).isGreaterThanOrEqualTo(measure.p50Micros());
                            assertThat(measure.p999Micros()).isGreaterThanOrEqualTo(measure.p99Micros());
                        }));
    }

    @Test
    void runWhenClientsUseTlsThenHasAFigureForEachSubjectThatServesIt() {
        Results results = run("tls", "--only", "portcullis,netty,nginx-decision");

        assertThat(results.failures()).as("%s", log).isEmpty();
        assertThat(results.comparisons()).as("%s", log).hasSize(1);
        assertThat(results.comparisons().get(0).measures())
                .as("%s", log)
                .allSatisfy(measure -> assertThat(measure.rate()).isPositive())
                .extracting(Measure::subject)
                .contains(Subject.PORTCULLIS)
                .doesNotContain(Subject.NETTY);
        // The gateway that nginx asks counts, too.
        assertThat(results.comparisons().get(0).measures())
                .filteredOn(measure -> measure.subject() == Subject.NGINX_DECISION)
                .allSatisfy(measure -> assertThat(measure.rssBytes()).isGreaterThan(100 << 20));
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

    @Test
    void runWhenRequestsAreFloodsThenHasAFigureForEachCase() {
        Results results = run("flood", "--only", "portcullis");
        assertThat(results.failures()).as("%s", log).isEmpty();
        assertThat(results.comparisons())
                .as("%s", log)
                .hasSize(6)
                .allSatisfy(comparison -> assertThat(comparison.measures())
                        .hasSize(1)
                        .allSatisfy(measure -> assertThat(measure.rate()).isPositive()));
    }

    private static List<String> rows(Table table) {
        return table.rows().stream().map(row -> row.get(0)).toList();
    }
}
