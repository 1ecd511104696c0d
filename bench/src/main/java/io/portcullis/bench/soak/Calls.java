package io.portcullis.bench.soak;

import io.portcullis.bench.report.Numbers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The calls of an interval. Thread-safe. */
final class Calls {
    private final Map<Call, List<Double>> millis = new EnumMap<>(Call.class);
    private final Map<String, Integer> failures = new TreeMap<>();

    /** @param fromNanos the time at which the call was due */
    synchronized void record(Call call, long fromNanos) {
        millis.computeIfAbsent(call, any -> new ArrayList<>()).add((System.nanoTime() - fromNanos) / 1e6);
    }

    synchronized void fail(Call call, String how) {
        failures.merge(call.label() + ": " + how, 1, Integer::sum);
    }

    synchronized int count() {
        return millis.values().stream().mapToInt(List::size).sum();
    }

    synchronized int failed() {
        return failures.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized double percentile(Call call, int percent) {
        return Numbers.percentile(
                millis.getOrDefault(call, List.of()).stream().mapToDouble(Double::doubleValue), percent);
    }

    synchronized Calls takeAll() {
        Calls taken = new Calls();
        taken.millis.putAll(millis);
        taken.failures.putAll(failures);
        millis.clear();
        failures.clear();
        return taken;
    }

    synchronized String describeFailures() {
        return failures.entrySet().stream()
                .map(failure -> failure.getKey() + " x " + failure.getValue())
                .collect(Collectors.joining(", "));
    }
}
