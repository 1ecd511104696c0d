package io.portcullis.bench;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.scenario.Results;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** One short round of each kind, so that the tool cannot rot. It looks at whether there are figures, never at how large they are. */
abstract class BenchTestCase {
    final List<String> log = new ArrayList<>();

    @BeforeEach
    void needsWrk() {
        assumeTrue(Wrk.isInstalled(), "skipped, since wrk is not installed");
    }

    final Results run(String scenarios, String... more) {
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
}
