package io.portcullis.bench.report;

import io.portcullis.bench.subject.Subject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * All measures of one case.
 *
 * @param title the title of the case, such as {@code sizes: 10 KB}
 */
public record Comparison(String title, List<Measure> measures) {
    public Comparison {
        measures = List.copyOf(measures);
    }

    /** Returns one line for each subject, in the order of the subjects. */
    public List<Line> lines() {
        Map<Subject, List<Measure>> bySubject = new EnumMap<>(Subject.class);
        measures.forEach(measure -> bySubject
                .computeIfAbsent(measure.subject(), subject -> new ArrayList<>())
                .add(measure));
        return bySubject.entrySet().stream()
                .map(entry -> line(entry.getKey(), entry.getValue()))
                .toList();
    }

    private Line line(Subject subject, List<Measure> all) {
        List<Measure> usable = all.stream().filter(Measure::usable).toList();
        return new Line(
                subject,
                median(usable, Measure::rate),
                median(usable, Measure::p50Micros),
                median(usable, Measure::p99Micros),
                median(usable, Measure::p999Micros),
                median(usable, Measure::cpuMicros),
                median(usable, Measure::compilerMicros),
                median(usable, Measure::redisMicros),
                median(usable, Measure::heapBytes),
                median(usable, Measure::rssBytes),
                median(usable, Measure::systemCalls),
                ratio(usable, Measure::cpuMicros, Subject.BASELINE),
                ratio(usable, Measure::rate, Subject.BASELINE),
                ratio(usable, Measure::p99Micros, Subject.BASELINE),
                ratio(usable, Measure::heapBytes, Subject.BASELINE),
                ratio(usable, Measure::cpuMicros, Subject.NGINX_LUA),
                all.size() - usable.size(),
                all.stream().mapToLong(Measure::wrong).sum());
    }

    /**
     * Returns the median of the ratios of all rounds, NaN if there are none. A ratio within one round is not affected by
     * disturbances of the whole machine.
     */
    private double ratio(List<Measure> usable, ToDoubleFunction<Measure> figure, Subject to) {
        return Numbers.median(usable.stream()
                .flatMap(measure -> find(to, measure.round()).stream()
                        .map(base -> figure.applyAsDouble(measure) / figure.applyAsDouble(base)))
                .mapToDouble(Double::doubleValue));
    }

    private Optional<Measure> find(Subject subject, int round) {
        return measures.stream()
                .filter(measure -> measure.subject() == subject && measure.round() == round)
                .filter(Measure::usable)
                .findFirst();
    }

    private static double median(List<Measure> usable, ToDoubleFunction<Measure> figure) {
        return Numbers.median(usable.stream().mapToDouble(figure));
    }

    /**
     * Medians over the usable rounds, and medians of the ratios to the baseline; NaN if there are none.
     *
     * @param cpuToLua the ratio to nginx with Lua instead of the baseline
     * @param unusable the number of rounds left out
     * @param wrong the number of unexpected responses in all rounds
     */
    public record Line(
            Subject subject,
            double rate,
            double p50Micros,
            double p99Micros,
            double p999Micros,
            double cpuMicros,
            double compilerMicros,
            double redisMicros,
            double heapBytes,
            double rssBytes,
            double systemCalls,
            double cpuRatio,
            double rateRatio,
            double p99Ratio,
            double heapRatio,
            double cpuToLua,
            int unusable,
            long wrong) {}
}
