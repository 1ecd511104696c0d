package io.portcullis.bench.scenario;

import io.portcullis.bench.load.LoadResult;
import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.process.ProcessFigures;
import io.portcullis.bench.report.Comparison;
import io.portcullis.bench.report.Measure;
import io.portcullis.bench.subject.Fleet;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.subject.StatusCounts;
import io.portcullis.bench.world.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs cases. Warms up all subjects with the same number of requests. Then applies the load to one subject at a time, in rounds
 * of alternating order, so that changes of the machine affect all subjects alike.
 */
record LoadRun(World world, Wrk wrk, Settings settings, Consumer<String> log) {
    private static final int WARM_UP_SLICE_SECONDS = 1;
    private static final int MAX_WARM_UP_SLICES = 45;

    Comparison compare(Case testCase, Fleet fleet) {
        List<RunningSubject> order = new ArrayList<>(fleet.members().stream()
                .filter(member -> testCase.includes().test(member.subject()))
                .toList());
        order.forEach(subject -> warmUp(testCase, subject));
        List<Measure> measures = new ArrayList<>();
        for (int round = 1; round <= settings.rounds(); round++) {
            for (RunningSubject subject : order) {
                Measure measure = measure(testCase, subject, round);
                measures.add(measure);
            }
            Collections.reverse(order);
        }
        return new Comparison(testCase.title(), measures);
    }

    void warmUp(Case testCase, RunningSubject subject) {
        long wanted = settings.warmUp() / testCase.warmUp();
        for (int slice = 0; wanted > 0 && slice < MAX_WARM_UP_SLICES; slice++) {
            wanted -= wrk.run(testCase.load(), subject.port(), WARM_UP_SLICE_SECONDS)
                    .requests();
        }
        if (wanted > 0) {
            log.accept("%s is too slow for the full warm-up"
                    .formatted(subject.subject().label()));
        }
    }

    Measure measure(Case testCase, RunningSubject subject, int round) {
        long redis = world.stores().redis().pid();
        StatusCounts statuses = subject.statuses();
        long heapBefore = subject.allocatedBytes();
        ProcessFigures redisBefore = ProcessFigures.of(redis);
        ProcessFigures before = subject.figures();
        LoadResult result = wrk.run(testCase.load(), subject.port(), settings.seconds());
        ProcessFigures after = subject.figures();
        ProcessFigures redisAfter = ProcessFigures.of(redis);
        double requests = Math.max(1, result.requests());
        Measure measure = new Measure(
                subject.subject(),
                round,
                result.rate(),
                result.p50Micros(),
                result.p99Micros(),
                (after.cpuMicros() - before.cpuMicros()) / requests,
                (redisAfter.cpuMicros() - redisBefore.cpuMicros()) / requests,
                (subject.allocatedBytes() - heapBefore) / requests,
                after.rssBytes(),
                wrong(testCase, subject, result));
        log.accept(describe(testCase, measure));
        if (!measure.usable()) {
            log.accept("  NOT USED: %d unexpected responses or broken connections; statuses in its metrics: %s"
                    .formatted(measure.wrong(), subject.statuses().since(statuses)));
        }
        return measure;
    }

    private static long wrong(Case testCase, RunningSubject subject, LoadResult result) {
        long statuses =
                testCase.expectsRefusal(subject.subject()) ? result.requests() - result.refused() : result.refused();
        return Math.abs(statuses) + result.broken();
    }

    private String describe(Case testCase, Measure measure) {
        return "%s, round %d of %d: %-15s %6.0f req/s, %6.1f us of CPU each"
                .formatted(
                        testCase.title(),
                        measure.round(),
                        settings.rounds(),
                        measure.subject().label(),
                        measure.rate(),
                        measure.cpuMicros());
    }
}
