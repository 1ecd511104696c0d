package io.portcullis.chaos;

import io.portcullis.chaos.fault.Faults;
import io.portcullis.chaos.node.Sabotage;
import io.portcullis.chaos.world.RedisTopology;
import io.portcullis.chaos.world.WorldOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the command line asks for.
 *
 * @param faults such as {@code redis-stop} and {@code redis-stop+mysql-kill}, taken in turn; empty for each alone and then random
 *     pairs
 * @param duration no round begins after it
 * @param rounds at most so many
 * @param stopAtFirst whether the first violation ends the run
 */
record Options(
        long seed,
        List<String> faults,
        Duration duration,
        int rounds,
        boolean stopAtFirst,
        Load load,
        WorldOptions world) {
    static final String USAGE = """
            --duration 30m        no round begins after it
            --rounds n            at most so many rounds
            --seed n              decides everything that is left to chance; a random one is printed
            --faults a,b+c        taken in turn; without it each alone and then random pairs
            --nodes 2             processes of the gateway
            --redis single        or sentinel, cluster
            --policy reject       or queue: portcullis.logout.when-redis-fails
            --sabotage name       tombstone-delete, no-row-lock, fill-without-nx, ledger-off
            --users 10            clients with accounts of their own
            --rest 60             longest rest of a client between two operations, in ms
            --hold 5s             longest time that faults last
            --stop-at-first yes   the first violation ends the run
            --logs directory      where the nodes' logs go
            """;

    private static final Set<String> KNOWN = Set.of(
            "duration",
            "rounds",
            "seed",
            "faults",
            "nodes",
            "redis",
            "policy",
            "sabotage",
            "users",
            "rest",
            "hold",
            "stop-at-first",
            "logs");

    Options {
        faults = List.copyOf(faults);
    }

    /** @throws IllegalArgumentException with a sentence that says what was wrong, and what to write instead */
    static Options parse(String... arguments) {
        Arguments given = Arguments.of(KNOWN, USAGE, arguments);
        RedisTopology topology = given.value("redis").map(RedisTopology::of).orElse(RedisTopology.SINGLE);
        return new Options(
                given.seed("seed"),
                faults(given.value("faults").orElse(""), topology),
                given.duration("duration", "30m"),
                given.number("rounds", 1_000_000),
                given.choice("stop-at-first", "no", "yes").equals("yes"),
                new Load(given.number("users", 10), given.number("rest", 60), given.duration("hold", "5s")),
                new WorldOptions(
                        given.number("nodes", 2),
                        topology,
                        given.choice("policy", "reject", "queue"),
                        given.value("sabotage").map(Sabotage::of).orElse(null),
                        logs(given.value("logs"))));
    }

    private static List<String> faults(String text, RedisTopology topology) {
        List<String> rounds = text.isEmpty() ? List.of() : List.of(text.split(",", -1));
        Faults known = Faults.of(topology);
        rounds.forEach(round -> List.of(round.split("\\+", -1)).forEach(known::named));
        return rounds;
    }

    private static Path logs(Optional<String> directory) {
        try {
            return directory.isEmpty()
                    ? Files.createTempDirectory("portcullis-chaos-logs-")
                    : Files.createDirectories(Path.of(directory.get())).toAbsolutePath();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--logs: " + directory.orElse("") + " (expected: a directory that can be made and written)", e);
        }
    }
}
