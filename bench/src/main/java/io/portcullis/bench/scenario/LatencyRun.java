package io.portcullis.bench.scenario;

import io.portcullis.bench.load.Load;
import io.portcullis.bench.report.Measure;
import io.portcullis.bench.report.Numbers;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Launcher;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.RedisRoundTrip;
import io.portcullis.bench.world.Upstream;
import io.portcullis.bench.world.World;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Measures the latency that the token check adds. One connection alternates between a route with the check and one without it
 * on the same gateway. A direct round trip to Redis is measured as well.
 */
record LatencyRun(World world, Jvm jvm, LoadRun load) {
    private static final int CONNECTIONS = 1;
    private static final int TOKENS = 1_000;
    private static final List<String> HEADER = List.of("one connection", "p50 us", "p99 us", "CPU us/req");

    Table run() {
        Path tokens = world.tokens().live(TOKENS);
        Case checked = Case.of("latency: checked", new Load(Upstream.SMALL, CONNECTIONS, 0, tokens))
                .warmedUpLess(2);
        Case open = Case.of("latency: not checked", new Load(Upstream.OPEN, CONNECTIONS, 0, tokens))
                .warmedUpLess(2);
        List<Round> rounds = new ArrayList<>();
        try (RunningSubject gateway = new Launcher(world, jvm, Case.SOME_ROUTES).start(Subject.PORTCULLIS)) {
            load.warmUp(checked, gateway);
            load.warmUp(open, gateway);
            for (int i = 1; i <= load.settings().rounds(); i++) {
                Round round = new Round(
                        load.measure(checked, gateway, i),
                        load.measure(open, gateway, i),
                        RedisRoundTrip.medianMicros(
                                world.stores(), world.tokens().first()));
                if (round.checked.usable() && round.open.usable()) {
                    rounds.add(round);
                }
            }
        }
        return new Table(
                "latency: what the check adds, median of %d rounds".formatted(rounds.size()), HEADER, rows(rounds));
    }

    private static List<List<String>> rows(List<Round> rounds) {
        return List.of(
                row(rounds, "checked", Round::checked),
                row(rounds, "not checked", Round::open),
                List.of("the check adds", median(rounds, Round::addedMicros), "-", median(rounds, Round::addedCpu)),
                List.of("a round trip to Redis", median(rounds, Round::redisMicros), "-", "-"),
                List.of("the check adds to that", median(rounds, Round::addedToRoundTrip), "-", "-"));
    }

    private static List<String> row(List<Round> rounds, String name, Function<Round, Measure> which) {
        return List.of(
                name,
                median(rounds, round -> which.apply(round).p50Micros()),
                median(rounds, round -> which.apply(round).p99Micros()),
                median(rounds, round -> which.apply(round).cpuMicros()));
    }

    private static String median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return Numbers.format(Numbers.median(rounds.stream().mapToDouble(figure)), 0);
    }

    private record Round(Measure checked, Measure open, double redisMicros) {
        double addedMicros() {
            return checked.p50Micros() - open.p50Micros();
        }

        double addedCpu() {
            return checked.cpuMicros() - open.cpuMicros();
        }

        double addedToRoundTrip() {
            return addedMicros() - redisMicros;
        }
    }
}
