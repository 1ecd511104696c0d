package io.portcullis.chaos;

import io.portcullis.chaos.checker.Violation;
import io.portcullis.chaos.history.Kind;
import io.portcullis.chaos.history.ObservedStream;
import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Aggregates the results of rounds into a readable summary. */
final class Summary {
    private static final String LINE =
            "round %-3d seed %-10d %-36s %5d operations, %d streams (%d cut), stale %d ms (ended) %d ms (replaced)"
                    + " %d ms (streams), %d half-done, %d lost, healed in %d ms, %d violations";
    private static final String FAULT_HEADER =
            "Faults                                 rounds  stale: ended  replaced   streams  half-done    lost  slowest healing  violations";
    private static final String FAULT = "\n  %-36s %6d %10d ms %6d ms %6d ms %10d %7d %13d ms %11d";

    private final Map<Kind, Map<Outcome, Long>> operations = new EnumMap<>(Kind.class);
    private final Map<String, PerFault> faults = new TreeMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private int rounds;
    private int streams;
    private int cut;
    private long deliveries;

    void add(RoundResult result) {
        rounds++;
        violations.addAll(result.violations());
        streams += result.history().streams().size();
        cut += cut(result);
        deliveries += result.history().streams().stream()
                .mapToLong(ObservedStream::deliveries)
                .sum();
        for (Operation operation : result.history().operations()) {
            operations
                    .computeIfAbsent(operation.kind(), kind -> new EnumMap<>(Outcome.class))
                    .merge(operation.outcome(), 1L, Long::sum);
        }
        faults.merge(
                result.plan().name(),
                new PerFault(
                        1,
                        result.verdict().ended(),
                        result.verdict().superseded(),
                        result.verdict().streams(),
                        result.healing(),
                        result.verdict().halfDone().size(),
                        result.lost().size(),
                        result.violations().size()),
                PerFault::plus);
    }

    List<Violation> violations() {
        return violations;
    }

    /** Returns one line about a round, followed by its first violations. */
    static String line(int number, RoundResult result) {
        StringBuilder text = new StringBuilder(LINE.formatted(
                number,
                result.plan().seed(),
                result.plan().name(),
                result.history().operations().size(),
                result.history().streams().size(),
                cut(result),
                result.verdict().ended().toMillis(),
                result.verdict().superseded().toMillis(),
                result.verdict().streams().toMillis(),
                result.verdict().halfDone().size(),
                result.lost().size(),
                result.healing().toMillis(),
                result.violations().size()));
        long origin = result.history().operations().stream()
                .mapToLong(Operation::invokedAt)
                .min()
                .orElse(0);
        result.violations().stream().limit(5).forEach(violation -> text.append(describe(violation, origin)));
        return text.toString();
    }

    private static int cut(RoundResult result) {
        return (int)
                result.history().streams().stream().filter(ObservedStream::cut).count();
    }

    private static String describe(Violation violation, long origin) {
        ObservedStream stream = violation.stream();
        return "\n  VIOLATION %s: %s%s%s"
                .formatted(
                        violation.property(),
                        violation.description(),
                        violation.evidence().stream()
                                .map(operation -> "\n    " + operation.describe(origin))
                                .collect(Collectors.joining()),
                        stream == null ? "" : "\n    " + stream.describe(origin));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("\nOperations   ");
        for (Outcome outcome : Outcome.values()) {
            text.append("%10s".formatted(outcome));
        }
        operations.forEach((kind, counts) -> {
            text.append("\n  %-11s".formatted(kind));
            for (Outcome outcome : Outcome.values()) {
                text.append("%10d".formatted(counts.getOrDefault(outcome, 0L)));
            }
        });
        text.append("\n\n").append(FAULT_HEADER);
        faults.forEach((name, fault) -> text.append(FAULT.formatted(
                name,
                fault.rounds,
                fault.ended.toMillis(),
                fault.superseded.toMillis(),
                fault.streams.toMillis(),
                fault.halfDone,
                fault.lost,
                fault.healing.toMillis(),
                fault.violations)));
        text.append("\n\n%d rounds, %d operations, %d streams with %d deliveries, %d of them cut, %d violations"
                .formatted(
                        rounds,
                        operations.values().stream()
                                .flatMap(counts -> counts.values().stream())
                                .mapToLong(Long::longValue)
                                .sum(),
                        streams,
                        deliveries,
                        cut,
                        violations.size()));
        return text.toString();
    }

    private record PerFault(
            int rounds,
            Duration ended,
            Duration superseded,
            Duration streams,
            Duration healing,
            int halfDone,
            int lost,
            int violations) {
        PerFault plus(PerFault other) {
            return new PerFault(
                    rounds + other.rounds,
                    longer(ended, other.ended),
                    longer(superseded, other.superseded),
                    longer(streams, other.streams),
                    longer(healing, other.healing),
                    halfDone + other.halfDone,
                    lost + other.lost,
                    violations + other.violations);
        }

        private static Duration longer(Duration one, Duration other) {
            return one.compareTo(other) >= 0 ? one : other;
        }
    }
}
