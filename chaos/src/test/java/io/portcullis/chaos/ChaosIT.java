package io.portcullis.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.chaos.checker.Property;
import io.portcullis.chaos.checker.Violation;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A short run of the harness: a few faults and a pair, with a new seed each time, which is printed, and one sabotage that must be
 * found. The system property {@code portcullis.chaos.streams=true} adds a sabotage of streams. The long run is the same code, see
 * the README.
 */
class ChaosIT {
    private static final String[] SHORT = {"--users", "5", "--rest", "100", "--hold", "3s"};
    /** One of each sort: a store that hangs, one that comes back empty, one that comes back whole, and a pair. */
    private static final String FAULTS = "redis-stop,redis-lose,mysql-kill,redis-deaf-one+clock";

    static Summary run(String... arguments) {
        String[] all = new String[arguments.length + SHORT.length];
        System.arraycopy(SHORT, 0, all, 0, SHORT.length);
        System.arraycopy(arguments, 0, all, SHORT.length, arguments.length);
        return new ChaosRun(Options.parse(all), System.out::println).run();
    }

    @Test
    void runWhenThingsBreakThenNothingIsViolated() {
        String random = Integer.toString(ThreadLocalRandom.current().nextInt(1, 1_000_000));
        // Not reject, under which half a logout is allowed that (b) forbids: see the limits in docs/guarantees.md.
        Summary summary = run("--seed", random, "--rounds", "4", "--faults", FAULTS, "--policy", "queue");

        assertThat(summary.violations()).as("seed %s", random).isEmpty();
    }

    /** Takes longer than its worth in each build, because the properties of streams have tests of their own. */
    @Test
    @EnabledIfSystemProperty(named = "portcullis.chaos.streams", matches = "true")
    void runWhenNoNodeLearnsOfEndsThenStreamsThatGoOnAreFound() {
        Summary summary = run(
                "--sabotage",
                "no-publish-no-ledger",
                "--seed",
                "7",
                "--faults",
                "none",
                "--rounds",
                "3",
                "--stop-at-first",
                "yes");

        assertThat(summary.violations()).extracting(Violation::property).containsOnly(Property.STREAM_FALLS);
    }

    @Test
    @Tag("database-independent")
    void runWhenTheLedgerIsOffThenFound() {
        Summary summary = run(
                "--sabotage",
                "ledger-off",
                "--policy",
                "queue",
                "--seed",
                "7",
                "--faults",
                "redis-kill",
                "--rounds",
                "3",
                "--stop-at-first",
                "yes");

        assertThat(summary.violations()).isNotEmpty();
    }
}
