package io.portcullis.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.bench.load.H2load;
import io.portcullis.bench.report.Measure;
import io.portcullis.bench.scenario.Results;
import io.portcullis.bench.subject.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scenarios that compare subjects under load. */
class LoadBenchIT extends BenchTestCase {
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
}
