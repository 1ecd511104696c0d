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
 * @param title such as {@code sizes: 10 KB}
 */
public record Comparison(String title, List<Measure> measures) {
    public Comparison {
        measures = List.copyOf(measures);
    }

    /** A line for each subject, in their order. */
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
                median(usable, Measure::cpuMicros),
                median(usable, Measure::redisMicros),
                median(usable, Measure::heapBytes),
                median(usable, Measure::rssBytes),
                ratio(usable, Measure::cpuMicros, Subject.BASELINE),
                ratio(usable, Measure::rate, Subject.BASELINE),
                ratio(usable, Measure::p99Micros, Subject.BASELINE),
                ratio(usable, Measure::heapBytes, Subject.BASELINE),
                ratio(usable, Measure::cpuMicros, Subject.NGINX_LUA),
                all.size() - usable.size(),
                all.stream().mapToLong(Measure::wrong).sum());
    }

    /** Each round has its own ratio, so that what slows the whole machine for a while cancels out. NaN without one. */
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
     * Medians over the usable rounds, and of the ratios to the baseline; NaN where there is none.
     *
     * @param cpuToLua ratio to nginx with Lua, in place of the baseline
     * @param unusable rounds left out
     * @param wrong answers that were not what was expected, in all rounds
     */
    public record Line(
            Subject subject,
            double rate,
            double p50Micros,
            double p99Micros,
            double cpuMicros,
            double redisMicros,
            double heapBytes,
            double rssBytes,
            double cpuRatio,
            double rateRatio,
            double p99Ratio,
            double heapRatio,
            double cpuToLua,
            int unusable,
            long wrong) {}
}
