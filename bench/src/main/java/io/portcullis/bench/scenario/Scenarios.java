package io.portcullis.bench.scenario;

import io.portcullis.bench.load.H2load;
import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.process.SystemCalls;
import io.portcullis.bench.report.Comparison;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.soak.SoakRun;
import io.portcullis.bench.subject.Fleet;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Launcher;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.Tls;
import io.portcullis.bench.world.World;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs scenarios in turn, and prints each table as soon as it is complete. */
public final class Scenarios {
    private final World world;
    private final Jvm jvm;
    private final List<Subject> subjects;
    private final Settings settings;
    private final Consumer<String> log;
    private final Optional<SystemCalls> systemCalls;
    private final Results results = new Results();

    public Scenarios(World world, Jvm jvm, List<Subject> subjects, Settings settings, Consumer<String> log) {
        this.world = world;
        this.jvm = jvm;
        this.subjects = List.copyOf(subjects);
        this.settings = settings;
        this.log = log;
        this.systemCalls = SystemCalls.find(world.directory(), log);
    }

    /**
     * Runs the scenarios. A case that fails does not end the run: its table contains the reason, and {@link Results#failures}
     * lists it. Blocks until all are complete.
     */
    public Results run(List<Scenario> scenarios) {
        List<Scenario> loads = LoadCases.withLoads(scenarios);
        if (!loads.isEmpty()) {
            runLoads(loads);
        }
        if (scenarios.contains(Scenario.OPEN_LOOP)) {
            runOpenLoop();
        }
        if (scenarios.contains(Scenario.TLS)) {
            compare(Scenario.TLS, this::overTls);
        }
        runAlone(scenarios, Scenario.LATENCY, () -> new LatencyRun(world, jvm, loadRun()).run());
        runAlone(scenarios, Scenario.COOKIES, () -> new CookieRun(world, jvm, loadRun()).run());
        runAlone(scenarios, Scenario.LOGIN, () -> new LoginRun(world, jvm, settings.seconds(), log).run());
        runAlone(scenarios, Scenario.ADMIN, () -> new AdminRun(world.stores(), settings, log).run());
        runAlone(scenarios, Scenario.REPLAY, () -> new ReplayRun(world, jvm, settings, log).run());
        runAlone(scenarios, Scenario.SOAK, this::soak);
        runAlone(scenarios, Scenario.START, () -> new StartRun(world, jvm, wrk(), settings, log).run(subjects));
        runAlone(scenarios, Scenario.FLAGS, () -> new FlagsRun(world, jvm, loadRun()).run());
        return results;
    }

    private void runAlone(List<Scenario> asked, Scenario scenario, Supplier<Table> run) {
        if (asked.contains(scenario)) {
            print(results.attempt(scenario.label(), () -> results.add(run.get())));
        }
    }

    private Table soak() {
        return new SoakRun(
                        world,
                        () -> new Launcher(world, jvm, Case.SOME_ROUTES).start(Subject.PORTCULLIS),
                        settings.sessions(),
                        Duration.ofSeconds(settings.soakSeconds()),
                        settings.rate(),
                        log)
                .run();
    }

    private void runOpenLoop() {
        if (!H2load.isInstalled()) {
            log.accept("skipping %s, which needs: %s".formatted(Scenario.OPEN_LOOP.label(), H2load.INSTALLATION));
            return;
        }
        compare(Scenario.OPEN_LOOP, () -> {
            try (Fleet fleet = start(Case.SOME_ROUTES)) {
                return new OpenLoopRun(loadRun(), fleet).run();
            }
        });
    }

    private List<Comparison> overTls() {
        Launcher launcher = new Launcher(world, jvm, Case.SOME_ROUTES, Tls.create(world.subdirectory("tls")));
        List<Subject> able = subjects.stream().filter(Subject::servesTls).toList();
        try (Fleet fleet = Fleet.start(launcher, able)) {
            Case steady = new LoadCases(settings, world.tokens()).steady();
            return List.of(loadRun().compare(steady.titled("tls: " + steady.title()), fleet));
        }
    }

    private void compare(Scenario scenario, Supplier<List<Comparison>> run) {
        try {
            run.get().forEach(comparison -> print(results.add(comparison)));
        } catch (RuntimeException e) {
            print(results.addFailure(scenario.label(), e));
        }
    }

    /** Runs all loads with the same number of routes against the same started subjects. */
    private void runLoads(List<Scenario> scenarios) {
        LoadCases cases = new LoadCases(settings, world.tokens());
        try (CurrentFleet fleet = new CurrentFleet(this::start)) {
            for (Scenario scenario : scenarios) {
                cases.of(scenario)
                        .forEach(created ->
                                print(results.attempt(scenario.label(), () -> runCase(created.get(), fleet))));
            }
        }
    }

    private Table runCase(Case next, CurrentFleet fleet) {
        return results.attempt(next.title(), () -> {
            try {
                return results.add(loadRun().compare(next, fleet.with(next.routes())));
            } catch (RuntimeException e) {
                // The case may have left a subject in a bad state, so that the next case starts the subjects anew.
                fleet.close();
                throw e;
            }
        });
    }

    private LoadRun loadRun() {
        return new LoadRun(world, wrk(), systemCalls, settings, log);
    }

    private Wrk wrk() {
        return new Wrk(world.directory(), settings.wrkThreads());
    }

    private void print(Table table) {
        log.accept("\n" + table.toText());
    }

    private Fleet start(int routes) {
        log.accept("starting %d subjects with %d routes".formatted(subjects.size(), routes));
        return Fleet.start(new Launcher(world, jvm, routes), subjects);
    }
}
