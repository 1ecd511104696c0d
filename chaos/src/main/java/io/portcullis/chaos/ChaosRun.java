package io.portcullis.chaos;

import io.portcullis.chaos.world.World;
import java.util.function.Consumer;

/** Rounds on one world, until the time is over. */
final class ChaosRun {
    private final Options options;
    private final Consumer<String> out;

    ChaosRun(Options options, Consumer<String> out) {
        this.options = options;
        this.out = out;
    }

    Summary run() {
        Planner planner = new Planner(options);
        Summary summary = new Summary();
        boolean experiment = options.world().sabotage() != null;
        out.accept("seed %d, logs of the nodes in %s"
                .formatted(options.seed(), options.world().logs()));
        try (World world = World.start(options.world())) {
            long end = System.nanoTime() + options.duration().toNanos();
            for (int number = 0; number < options.rounds() && System.nanoTime() - end < 0; number++) {
                RoundResult result = new Round(world, options.load(), planner.round(number), experiment).run();
                summary.add(result);
                out.accept(Summary.line(number, result));
                Evidence.write(options.world().logs(), number, result);
                if (options.stopAtFirst() && !summary.violations().isEmpty()) {
                    break;
                }
            }
        }
        out.accept(summary.toString());
        out.accept("seed %d".formatted(options.seed()));
        return summary;
    }
}
