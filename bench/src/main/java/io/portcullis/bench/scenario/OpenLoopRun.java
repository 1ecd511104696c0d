package io.portcullis.bench.scenario;

import io.portcullis.bench.load.H2load;
import io.portcullis.bench.report.Comparison;
import io.portcullis.bench.report.Measure;
import io.portcullis.bench.subject.Fleet;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares latencies at constant rates. First measures the subjects in a closed loop. Then sends requests to each subject at the
 * same rates, which are shares of the smallest rate of the closed loop, so that each subject can serve them.
 */
record OpenLoopRun(LoadRun closedLoop, Fleet fleet) {
    private static final List<Integer> PERCENT = List.of(50, 80);

    /**
     * Returns the comparison in the closed loop, and one for each rate.
     *
     * @throws IllegalStateException if no subject responded in the closed loop
     */
    List<Comparison> run() {
        Case steady = new LoadCases(closedLoop.settings(), closedLoop.world().tokens()).steady();
        List<Comparison> comparisons = new ArrayList<>();
        Comparison reference = closedLoop.compare(steady.titled("open loop: the closed loop before"), fleet);
        comparisons.add(reference);
        double smallest = smallestRate(reference);
        for (int percent : PERCENT) {
            int rate = (int) Math.max(1, Math.round(smallest * percent / 100));
            Case open = steady.titled(
                    "open loop: %d req/s, %d %% of the smallest closed-loop rate".formatted(rate, percent));
            comparisons.add(at(rate).compareWarm(open, fleet.members()));
        }
        return comparisons;
    }

    /** Returns the smallest rate of a subject. Uses rounds with unexpected responses only if all rounds have some. */
    private static double smallestRate(Comparison comparison) {
        return comparison.lines().stream()
                .mapToDouble(Comparison.Line::rate)
                .filter(Double::isFinite)
                .min()
                .orElseGet(() -> comparison.measures().stream()
                        .mapToDouble(Measure::rate)
                        .filter(rate -> rate > 0)
                        .min()
                        .orElseThrow(() -> new IllegalStateException("no subject responded in the closed loop")));
    }

    private LoadRun at(int rate) {
        H2load generator = new H2load(closedLoop.world().directory(), rate);
        return new LoadRun(
                closedLoop.world(), generator, closedLoop.systemCalls(), closedLoop.settings(), closedLoop.log());
    }
}
