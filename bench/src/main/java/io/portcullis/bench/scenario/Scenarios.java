package io.portcullis.bench.scenario;

import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.subject.Fleet;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.World;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs scenarios in turn, and prints each table as soon as it is complete. */
public final class Scenarios {
    private final World world;
    private final Jvm jvm;
    private final List<Subject> subjects;
    private final Settings settings;
    private final Consumer<String> log;
    private final Results results = new Results();

    public Scenarios(World world, Jvm jvm, List<Subject> subjects, Settings settings, Consumer<String> log) {
        this.world = world;
        this.jvm = jvm;
        this.subjects = List.copyOf(subjects);
        this.settings = settings;
        this.log = log;
    }

    /** Runs the scenarios. Blocks until all are complete. */
    public Results run(List<Scenario> scenarios) {
        List<Scenario> loads = LoadCases.withLoads(scenarios);
        if (!loads.isEmpty()) {
            runLoads(loads);
        }
        if (scenarios.contains(Scenario.LATENCY)) {
            print(results.add(new LatencyRun(world, jvm, loadRun()).run()));
        }
        if (scenarios.contains(Scenario.LOGIN)) {
            print(results.add(new LoginRun(world, jvm, settings.seconds(), log).run()));
        }
        if (scenarios.contains(Scenario.START)) {
            print(results.add(new StartRun(world, jvm, wrk(), settings, log).run(subjects)));
        }
        if (scenarios.contains(Scenario.FLAGS)) {
            print(results.add(new FlagsRun(world, jvm, loadRun()).run()));
        }
        return results;
    }

    /** Runs all loads with the same number of routes against the same started subjects. */
    private void runLoads(List<Scenario> scenarios) {
        LoadRun run = loadRun();
        LoadCases cases = new LoadCases(settings, world.tokens());
        @Nullable Fleet fleet = null;
        int routes = 0;
        try {
            for (Scenario scenario : scenarios) {
                for (Supplier<Case> supplier : cases.of(scenario).toList()) {
                    Case next = supplier.get();
                    if (fleet == null || routes != next.routes()) {
                        fleet = restart(fleet, next.routes());
                        routes = next.routes();
                    }
                    print(results.add(run.compare(next, fleet)));
                }
            }
        } finally {
            if (fleet != null) {
                fleet.close();
            }
        }
    }

    private LoadRun loadRun() {
        return new LoadRun(world, wrk(), settings, log);
    }

    private Wrk wrk() {
        return new Wrk(world.directory(), settings.wrkThreads());
    }

    private void print(Table table) {
        log.accept("\n" + table.toText());
    }

    private Fleet restart(@Nullable Fleet running, int routes) {
        if (running != null) {
            running.close();
        }
        log.accept("starting %d subjects with %d routes".formatted(subjects.size(), routes));
        return Fleet.start(world, jvm, subjects, routes);
    }
}
