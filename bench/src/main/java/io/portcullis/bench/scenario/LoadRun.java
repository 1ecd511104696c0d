package io.portcullis.bench.scenario;

import io.portcullis.bench.load.LoadGenerator;
import io.portcullis.bench.load.LoadResult;
import io.portcullis.bench.process.ProcessFigures;
import io.portcullis.bench.process.SystemCalls;
import io.portcullis.bench.report.Comparison;
import io.portcullis.bench.report.Measure;
import io.portcullis.bench.subject.Fleet;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.subject.StatusCounts;
import io.portcullis.bench.world.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Runs cases. Warms up all subjects with the same number of requests. Then applies the load to one subject at a time, in rounds
 * of alternating order, so that changes of the machine affect all subjects alike.
 *
 * @param systemCalls counts the system calls; empty if this machine cannot
 */
record LoadRun(
        World world,
        LoadGenerator generator,
        Optional<SystemCalls> systemCalls,
        Settings settings,
        Consumer<String> log) {
    private static final int WARM_UP_SLICE_SECONDS = 1;
    private static final int MAX_WARM_UP_SLICES = 45;
    private static final int COUNTED_SECONDS = 1;

    Comparison compare(Case testCase, Fleet fleet) {
        List<RunningSubject> subjects = fleet.members().stream()
                .filter(member -> testCase.includes().test(member.subject()))
                .toList();
        subjects.forEach(subject -> warmUp(testCase, subject));
        return compareWarm(testCase, subjects);
    }

    /** Compares subjects that have been warmed up before. */
    Comparison compareWarm(Case testCase, List<RunningSubject> subjects) {
        List<RunningSubject> order = new ArrayList<>(subjects);
        List<Measure> measures = new ArrayList<>();
        for (int round = 1; round <= settings.rounds(); round++) {
            for (RunningSubject subject : order) {
                Measure measure = measure(testCase, subject, round);
                measures.add(measure.withSystemCalls(systemCallsPerRequest(testCase, subject)));
            }
            Collections.reverse(order);
        }
        return new Comparison(testCase.title(), measures);
    }

    void warmUp(Case testCase, RunningSubject subject) {
        long wanted = settings.warmUp() / testCase.warmUp();
        for (int slice = 0; wanted > 0 && slice < MAX_WARM_UP_SLICES; slice++) {
            wanted -= generator
                    .run(testCase.load(), subject.origin(), WARM_UP_SLICE_SECONDS)
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
        long compilerBefore = subject.compilerMicros();
        ProcessFigures before = subject.figures();
        LoadResult result = generator.run(testCase.load(), subject.origin(), settings.seconds());
        ProcessFigures after = subject.figures();
        long compilerAfter = subject.compilerMicros();
        ProcessFigures redisAfter = ProcessFigures.of(redis);
        double requests = Math.max(1, result.requests());
        Measure measure = new Measure(
                subject.subject(),
                round,
                result.rate(),
                result.p50Micros(),
                result.p99Micros(),
                result.p999Micros(),
                (after.cpuMicros() - before.cpuMicros()) / requests,
                Math.max(0, compilerAfter - compilerBefore) / requests,
                (redisAfter.cpuMicros() - redisBefore.cpuMicros()) / requests,
                (subject.allocatedBytes() - heapBefore) / requests,
                after.rssBytes(),
                Double.NaN,
                wrong(testCase, subject, result));
        log.accept(describe(testCase, measure));
        if (result.lateMicros() > 0) {
            log.accept("  99 %% of the requests were sent within %.1f ms of an even schedule"
                    .formatted(result.lateMicros() / 1e3));
        }
        if (!measure.usable()) {
            log.accept("  NOT USED: %d unexpected responses or broken connections; statuses in its metrics: %s"
                    .formatted(measure.wrong(), subject.statuses().since(statuses)));
        }
        return measure;
    }

    /** Counts under a load of its own, because counting costs the subject some CPU time for each call. */
    private double systemCallsPerRequest(Case testCase, RunningSubject subject) {
        if (systemCalls.isEmpty()) {
            return Double.NaN;
        }
        AtomicLong requests = new AtomicLong();
        long calls = systemCalls
                .get()
                .during(
                        subject.pids(),
                        () -> requests.set(generator
                                .run(testCase.load(), subject.origin(), COUNTED_SECONDS)
                                .requests()));
        return (double) calls / Math.max(1, requests.get());
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
