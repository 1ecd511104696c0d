package io.portcullis.chaos;

import io.portcullis.chaos.node.Sabotage;
import io.portcullis.chaos.world.RedisTopology;
import io.portcullis.chaos.world.WorldOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

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

    /** @throws IllegalArgumentException with a sentence that says what was wrong */
    static Options parse(String... arguments) {
        Map<String, String> given = pairs(arguments);
        String faults = given.getOrDefault("faults", "");
        String sabotage = given.get("sabotage");
        return new Options(
                given.containsKey("seed")
                        ? Long.parseLong(given.get("seed"))
                        : ThreadLocalRandom.current().nextInt(1, 1_000_000_000),
                faults.isEmpty() ? List.of() : Arrays.asList(faults.split(",", -1)),
                duration(given.getOrDefault("duration", "30m")),
                Integer.parseInt(given.getOrDefault("rounds", "1000000")),
                given.getOrDefault("stop-at-first", "no").equals("yes"),
                new Load(
                        Integer.parseInt(given.getOrDefault("users", "10")),
                        Integer.parseInt(given.getOrDefault("rest", "60")),
                        duration(given.getOrDefault("hold", "5s"))),
                new WorldOptions(
                        Integer.parseInt(given.getOrDefault("nodes", "2")),
                        RedisTopology.of(given.getOrDefault("redis", "single")),
                        given.getOrDefault("policy", "reject"),
                        sabotage == null ? null : Sabotage.of(sabotage),
                        logs(given.get("logs"))));
    }

    private static Map<String, String> pairs(String... arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            String name = arguments[i].replaceFirst("^--", "");
            if (!KNOWN.contains(name) || i + 1 == arguments.length) {
                throw new IllegalArgumentException(
                        arguments[i] + " is not known, or has no value. Expected:\n" + USAGE);
            }
            given.put(name, arguments[i + 1]);
        }
        return given;
    }

    /** Such as 90s and 30m. */
    private static Duration duration(String text) {
        return Duration.parse("PT" + text);
    }

    private static Path logs(@Nullable String directory) {
        try {
            return directory == null
                    ? Files.createTempDirectory("portcullis-chaos-logs-")
                    : Files.createDirectories(Path.of(directory)).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
