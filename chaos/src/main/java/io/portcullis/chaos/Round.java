package io.portcullis.chaos;

import io.portcullis.chaos.checker.HistoryChecker;
import io.portcullis.chaos.checker.Property;
import io.portcullis.chaos.checker.StoreAgreement;
import io.portcullis.chaos.checker.StoreSnapshot;
import io.portcullis.chaos.checker.Verdict;
import io.portcullis.chaos.checker.Violation;
import io.portcullis.chaos.fault.Fault;
import io.portcullis.chaos.fault.Fault.Injection;
import io.portcullis.chaos.fault.Pause;
import io.portcullis.chaos.history.Disturbance;
import io.portcullis.chaos.history.History;
import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Recorder;
import io.portcullis.chaos.workload.Workload;
import io.portcullis.chaos.world.StoreInspector;
import io.portcullis.chaos.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Runs one round: load, faults, healing, and the check of everything that clients observed. Each round uses new sessions. */
final class Round {
    private static final Duration WARM_UP = Duration.ofMillis(1_500);
    private static final Duration HEALING_LIMIT = Duration.ofSeconds(60);
    /** The time for replays of the ledger, which run twice a second. */
    private static final Duration SETTLE = Duration.ofMillis(1_500);

    private final World world;
    private final Load load;
    private final Plan plan;
    private final boolean experiment;
    private final SplittableRandom random;
    private final Recorder recorder = new Recorder();
    private final List<Violation> violations = new ArrayList<>();
    private final List<Begun> begun = new ArrayList<>();
    private long over;

    /** @param experiment whether a property is deliberately broken, see {@link io.portcullis.chaos.node.Sabotage} */
    Round(World world, Load load, Plan plan, boolean experiment) {
        this.world = world;
        this.load = load;
        this.plan = plan;
        this.experiment = experiment;
        this.random = new SplittableRandom(plan.seed());
    }

    RoundResult run() {
        Duration lasted;
        Duration healing;
        long healed;
        try (Workload workload = new Workload(world, recorder, load.users(), load.maxRestMillis(), random.split())) {
            Pause.of(WARM_UP);
            lasted = injectAndHeal();
            healing = awaitHealed(workload);
            healed = System.nanoTime();
            Pause.of(SETTLE);
            workload.stop();
            Pause.of(SETTLE);
            workload.verification().checkAllTokens().forEach(this::reportUnanswered);
            Pause.of(SETTLE);
            workload.closeStreams();
        }
        History history = recorder.history(disturbances(healed));
        Verdict verdict = HistoryChecker.check(history, plan.bounds(lasted));
        List<Violation> lost = new ArrayList<>();
        List<Violation> found = plan.losesCommits() ? lost : violations;
        found.addAll(verdict.violations());
        found.addAll(StoreAgreement.check(snapshot()));
        return new RoundResult(plan, history, violations, lost, verdict, healing);
    }

    /** Injects the faults and ends them. Returns the duration of the faults. */
    private Duration injectAndHeal() {
        long start = System.nanoTime();
        try {
            for (Fault fault : plan.faults()) {
                long from = System.nanoTime();
                begun.add(0, new Begun(fault, fault.effect().begin(world, random), from));
                Pause.of(Duration.ofMillis(random.nextInt(1_000)));
            }
            long longer = Math.max(1, load.maxHold().minus(plan.hold()).toMillis());
            Pause.of(plan.hold().plusMillis(random.nextLong(longer)));
        } finally {
            over = System.nanoTime();
            begun.forEach(fault -> fault.injection().end().run());
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private List<Disturbance> disturbances(long healed) {
        return begun.stream()
                .map(begun -> new Disturbance(
                        begun.fault().losses(), begun.injection().nodes(), begun.from(), over, healed))
                .toList();
    }

    private Duration awaitHealed(Workload workload) {
        long start = System.nanoTime();
        world.nodes().forEach(node -> node.gateway().awaitReady());
        if (!workload.verification().awaitHealthy(HEALING_LIMIT.toNanos())) {
            violations.add(new Violation(
                    Property.HEALED,
                    "a node still does not work %s after the faults".formatted(HEALING_LIMIT),
                    List.of()));
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void reportUnanswered(Operation operation) {
        violations.add(
                new Violation(Property.HEALED, "no answer although the faults ended long ago", List.of(operation)));
    }

    /**
     * Returns the state of the stores. Hides missing tombstones and replays in an experiment, because the experiment itself
     * causes them; its effect must show in what clients observe.
     */
    private StoreSnapshot snapshot() {
        StoreInspector stores = world.inspector();
        return new StoreSnapshot(
                stores.revoked(),
                experiment ? Set.of() : stores.unapplied(),
                stores.current(),
                stores.redis(),
                experiment || plan.emptiesRedis());
    }

    /** A fault of the round, and the time just before it began. */
    private record Begun(Fault fault, Injection injection, long from) {}
}
