package io.portcullis.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.scenario.Results;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One short round of two subjects, so that the tool cannot rot. It looks at whether there are figures, never at how large they are. */
class BenchIT {
    @Test
    void runWhenShortThenHasAFigureForEverything(@TempDir Path directory) throws Exception {
        assumeTrue(Wrk.isInstalled(), "skipped, since wrk is not installed");
        Path markdown = directory.resolve("table.md");
        Path svg = directory.resolve("plot.svg");
        List<String> log = new ArrayList<>();
        Options options = Options.parse(
                "--only",
                "portcullis,stock",
                "--rounds",
                "1",
                "--seconds",
                "1",
                "--warm-up",
                "500",
                "--connections",
                "4",
                "--scenarios",
                "steady",
                "--portcullis-args",
                "--portcullis.redis.command-timeout=2s",
                "--markdown",
                markdown.toString(),
                "--svg",
                svg.toString());
        Results results = new BenchRun(options, log::add).run();
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
}
