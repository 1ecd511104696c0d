package io.portcullis.chaos;

import io.portcullis.chaos.fault.Fault;
import io.portcullis.chaos.fault.Faults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Chooses the faults of each round. Round {@code n} uses the seed of the run plus {@code n}, so that a round can be repeated
 * alone with its own seed and faults.
 */
final class Planner {
    private final Options options;
    private final Faults faults;

    Planner(Options options) {
        this.options = options;
        this.faults = Faults.of(options.world().topology(), options.world().mysql());
        // Reports an unknown fault name before the first round.
        options.faults().forEach(this::parse);
    }

    Plan round(int number) {
        long seed = options.seed() + number;
        List<String> requested = options.faults();
        if (!requested.isEmpty()) {
            return plan(seed, parse(requested.get(number % requested.size())));
        }
        List<Fault> all = List.copyOf(faults.all());
        return plan(seed, number < all.size() ? List.of(all.get(number)) : pair(all, new SplittableRandom(seed)));
    }

    private Plan plan(long seed, List<Fault> chosen) {
        return new Plan(seed, chosen, options.world().whenRedisFails().equals("reject"));
    }

    private List<Fault> parse(String names) {
        return Arrays.stream(names.split("\\+", -1)).map(faults::named).toList();
    }

    /** Returns two different faults of different stores: ending one fault of a store would end the other. */
    private static List<Fault> pair(List<Fault> all, SplittableRandom random) {
        List<Fault> rest = new ArrayList<>(all);
        rest.removeIf(fault -> fault.name().equals("none"));
        Fault first = rest.remove(random.nextInt(rest.size()));
        rest.removeIf(fault -> sameStore(first, fault));
        return List.of(first, rest.get(random.nextInt(rest.size())));
    }

    private static boolean sameStore(Fault one, Fault other) {
        return store(one).equals(store(other));
    }

    private static String store(Fault fault) {
        return fault.name().replaceFirst("-.*", "").replace("galera", "mysql");
    }
}
