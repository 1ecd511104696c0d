package io.portcullis.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.testbed.GaleraCluster;
import io.portcullis.testbed.ReplicatedDatabase;
import io.portcullis.testbed.ReplicatedDatabase.Mode;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Short runs of the harness with more than one server of MySQL, with a new seed each time. */
class FailoverChaosIT {
    private static void assertNothingIsViolated(String mysql, String faults, String rounds) {
        String seed = Integer.toString(ThreadLocalRandom.current().nextInt(1, 1_000_000));
        Summary summary = ChaosIT.run(
                "--mysql", mysql, "--faults", faults, "--rounds", rounds, "--seed", seed, "--policy", "queue");

        assertThat(summary.violations()).as("seed %s", seed).isEmpty();
    }

    private static void require(Optional<String> obstacle) {
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    }

    /** The second failover is to the server that replaced the first primary. */
    @Test
    void runWhenAReplicaTakesOverTwiceThenNothingIsViolated() {
        require(ReplicatedDatabase.obstacle(Mode.SEMI_SYNCHRONOUS));

        assertNothingIsViolated("semi-sync", "mysql-switch,mysql-failover-kill", "2");
    }

    @Test
    @Tag("database-independent")
    void runWhenANodeOfTheClusterIsKilledThenNothingIsViolated() {
        require(GaleraCluster.obstacle());

        assertNothingIsViolated("galera", "galera-kill", "1");
    }
}
