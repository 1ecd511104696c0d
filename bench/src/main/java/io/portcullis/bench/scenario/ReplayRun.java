package io.portcullis.bench.scenario;

import io.portcullis.bench.process.Pause;
import io.portcullis.bench.process.ProcessFigures;
import io.portcullis.bench.report.Numbers;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Launcher;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.LedgerRows;
import io.portcullis.bench.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Measures what the replay of the ledger costs: Redis closes all connections of the gateways, which must then replay the whole ledger
 * before they trust Redis again. The time is what the gateways spent in degraded mode, in which MySQL answers checks.
 */
record ReplayRun(World world, Jvm jvm, Settings settings, Consumer<String> log) {
    private static final int SMALLEST = 1_000;
    private static final int STEP = 10;
    private static final List<Integer> NODES = List.of(1, 2);
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final double MICROS = 1e6;
    private static final List<String> HEADER =
            List.of("entries, nodes", "s until trusted", "max s", "gateways, CPU s", "MySQL, CPU s", "Redis, CPU s");

    Table run() {
        world.stores().giveMemoryOfProduction();
        List<List<String>> rows = new ArrayList<>();
        for (int entries : sizes(settings.ledgerEntries())) {
            new LedgerRows(world.stores()).fillUpTo(entries);
            for (int nodes : NODES) {
                rows.add(row(entries, nodes));
            }
        }
        return new Table(
                "replay of the ledger after a disruption of Redis, median of %d".formatted(settings.rounds()),
                HEADER,
                rows);
    }

    /** Returns the powers of ten from the smallest size on, and the largest size. */
    private static List<Integer> sizes(int largest) {
        List<Integer> sizes = new ArrayList<>();
        for (int size = SMALLEST; size < largest / 2; size *= STEP) {
            sizes.add(size);
        }
        sizes.add(largest);
        return sizes;
    }

    private List<String> row(int entries, int nodes) {
        List<RunningSubject> gateways = new ArrayList<>();
        try {
            for (int i = 0; i < nodes; i++) {
                gateways.add(new Launcher(world, jvm, Case.SOME_ROUTES).start(Subject.PORTCULLIS));
            }
            // The first one warms up.
            disrupt(gateways);
            List<Replay> replays = new ArrayList<>();
            for (int round = 0; round < settings.rounds(); round++) {
                replays.add(disrupt(gateways));
                log.accept("replay of %d entries by %d nodes: %s".formatted(entries, nodes, replays.get(round)));
            }
            return List.of(
                    "%,d, %d".formatted(entries, nodes),
                    median(replays, Replay::seconds, 1),
                    Numbers.format(
                            replays.stream().mapToDouble(Replay::seconds).max().orElse(Double.NaN), 1),
                    median(replays, Replay::gateways, 1),
                    median(replays, Replay::mysql, 1),
                    median(replays, Replay::redis, 1));
        } finally {
            gateways.forEach(RunningSubject::close);
        }
    }

    /** Closes the connections to Redis, waits until each gateway trusts Redis again, and returns what that took. */
    private Replay disrupt(List<RunningSubject> gateways) {
        awaitTrust(gateways);
        Replay before = total(gateways);
        List<Double> entered = gateways.stream().map(ReplayRun::entered).toList();
        var unused = world.stores().redis().execute("CLIENT", "KILL", "TYPE", "normal");
        for (int i = 0; i < gateways.size(); i++) {
            RunningSubject gateway = gateways.get(i);
            double earlier = entered.get(i);
            await(() -> entered(gateway) > earlier);
        }
        awaitTrust(gateways);
        return total(gateways).since(before, gateways.size());
    }

    private static void awaitTrust(List<RunningSubject> gateways) {
        gateways.forEach(gateway -> await(() -> gateway.metric("portcullis_degraded") == 0));
    }

    private static double entered(RunningSubject gateway) {
        return gateway.metric("portcullis_degraded_entered_total");
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("a gateway did not trust Redis within " + LIMIT);
            }
            Pause.of(POLL);
        }
    }

    private Replay total(List<RunningSubject> gateways) {
        return new Replay(
                sum(gateways, gateway -> gateway.metric("portcullis_degraded_time_seconds_total")),
                sum(gateways, gateway -> gateway.figures().cpuMicros() / MICROS),
                cpuSeconds(world.stores().databasePid()),
                cpuSeconds(world.stores().redis().pid()));
    }

    private static double cpuSeconds(long pid) {
        return ProcessFigures.of(pid).cpuMicros() / MICROS;
    }

    private static double sum(List<RunningSubject> gateways, ToDoubleFunction<RunningSubject> figure) {
        return gateways.stream().mapToDouble(figure).sum();
    }

    private static String median(List<Replay> replays, ToDoubleFunction<Replay> figure, int digits) {
        return Numbers.format(Numbers.median(replays.stream().mapToDouble(figure)), digits);
    }

    /**
     * What a replay took.
     *
     * @param seconds the time in degraded mode, the mean of the gateways
     * @param gateways the CPU time of all gateways
     */
    private record Replay(double seconds, double gateways, double mysql, double redis) {
        Replay since(Replay before, int nodes) {
            return new Replay(
                    (seconds - before.seconds) / nodes,
                    gateways - before.gateways,
                    mysql - before.mysql,
                    redis - before.redis);
        }
    }
}
