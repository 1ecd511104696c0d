package io.portcullis.chaos;

import io.portcullis.chaos.world.World;
import java.util.function.Consumer;

/**
 * Runs rounds in one {@link World} until the time or the number of rounds is exhausted, or until the first violation if the
 * options say so.
 */
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
