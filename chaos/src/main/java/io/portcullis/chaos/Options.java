package io.portcullis.chaos;

import io.portcullis.chaos.fault.Faults;
import io.portcullis.chaos.node.Sabotage;
import io.portcullis.chaos.world.MySqlTopology;
import io.portcullis.chaos.world.RedisTopology;
import io.portcullis.chaos.world.WorldOptions;
import io.portcullis.testbed.CommandLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The options of a run, from the command line.
 *
 * @param seed the seed of all random decisions
 * @param faults names such as {@code redis-stop} or, for two faults at once, {@code redis-stop+mysql-kill}; used in turn. If
 *     empty, the run first uses each fault alone and then random pairs
 * @param duration the time after which no new round begins
 * @param rounds the highest number of rounds
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
            --duration 30m        time after which no new round begins
            --rounds n            highest number of rounds
            --seed n              seed of all random decisions; the run prints it (default: random)
            --faults a,b+c        faults of the rounds in turn (default: each alone, then random pairs)
            --nodes 2             number of gateway processes
            --redis single        or sentinel, cluster
            --mysql single        or replica, semi-sync, galera
            --policy reject       or queue: portcullis.logout.when-redis-fails
            --sabotage name       tombstone-delete, no-row-lock, fill-without-nx, ledger-off,
                                  no-publish-no-ledger
            --users 10            clients with accounts of their own
            --rest 60             longest pause of a client between two operations, in ms
            --hold 5s             longest duration of faults
            --stop-at-first yes   the first violation ends the run
            --logs directory      directory for the nodes' logs
            """;

    private static final Set<String> KNOWN = Set.of(
            "duration",
            "rounds",
            "seed",
            "faults",
            "nodes",
            "redis",
            "mysql",
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

    /**
     * Parses a command line.
     *
     * @throws IllegalArgumentException if the command line is invalid; the message states the expected value
     */
    static Options parse(String... arguments) {
        CommandLine given = CommandLine.of(KNOWN, USAGE, arguments);
        MySqlTopology mysql = given.value("mysql").map(MySqlTopology::of).orElse(MySqlTopology.SINGLE);
        RedisTopology topology = given.value("redis").map(RedisTopology::of).orElse(RedisTopology.SINGLE);
        return new Options(
                given.seed("seed"),
                faults(given.value("faults").orElse(""), topology, mysql),
                given.duration("duration", "30m"),
                given.number("rounds", 1_000_000),
                given.choice("stop-at-first", "no", "yes").equals("yes"),
                new Load(given.number("users", 10), given.number("rest", 60), given.duration("hold", "5s")),
                new WorldOptions(
                        given.number("nodes", 2),
                        mysql,
                        topology,
                        given.choice("policy", "reject", "queue"),
                        given.value("sabotage").map(Sabotage::of).orElse(null),
                        logs(given.value("logs"))));
    }

    private static List<String> faults(String text, RedisTopology topology, MySqlTopology mysql) {
        List<String> rounds = text.isEmpty() ? List.of() : List.of(text.split(",", -1));
        Faults known = Faults.of(topology, mysql);
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
                    "--logs: " + directory.orElse("") + " (expected: a directory that can be created and written to)",
                    e);
        }
    }
}
