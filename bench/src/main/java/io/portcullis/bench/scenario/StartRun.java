package io.portcullis.bench.scenario;

import io.portcullis.bench.load.Load;
import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.process.ProcessFigures;
import io.portcullis.bench.report.Numbers;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Launcher;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Measures the start of each subject, alone and with running stores, from the start of the process until it has proxied a
 * request; then applies a load. Starts Portcullis in each way that this JDK supports.
 */
record StartRun(World world, Jvm jvm, Wrk wrk, Settings settings, Consumer<String> log) {
    private static final List<String> HEADER =
            List.of("start", "ready ms", "least ms", "CPU ms until then", "RSS MB then", "RSS MB loaded");

    Table run(List<Subject> subjects) {
        Load load = new LoadCases(settings, world.tokens()).steady().load();
        List<StartVariant> variants = subjects.contains(Subject.PORTCULLIS)
                ? new StartVariants(world, jvm, wrk, load, log).make()
                : List.of();
        Map<String, List<Start>> measured = new LinkedHashMap<>();
        for (int i = 0; i < settings.starts(); i++) {
            for (Subject subject : subjects) {
                if (subject.isJvm()) {
                    measure(measured, subject, subject.label(), jvm, load);
                }
                if (subject == Subject.PORTCULLIS) {
                    variants.forEach(variant ->
                            measure(measured, subject, subject.label() + ", " + variant.name(), variant.jvm(), load));
                }
            }
        }
        List<List<String>> rows = measured.entrySet().stream()
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .toList();
        return new Table(
                "start on JDK %d: until a request has been proxied, median of %d"
                        .formatted(jvm.java().version(), settings.starts()),
                HEADER,
                rows);
    }

    private void measure(Map<String, List<Start>> measured, Subject subject, String name, Jvm variant, Load load) {
        long from = System.nanoTime();
        try (RunningSubject running = new Launcher(world, variant, Case.SOME_ROUTES).start(subject)) {
            Duration ready = Duration.ofNanos(System.nanoTime() - from);
            ProcessFigures figures = running.figures();
            log.accept("start: %s was ready after %d ms".formatted(name, ready.toMillis()));
            var unused = wrk.run(load, running.origin(), settings.seconds());
            measured.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(new Start(ready, figures, running.figures().rssBytes()));
        }
    }

    private static List<String> row(String name, List<Start> measured) {
        return List.of(
                name,
                median(measured, start -> start.ready.toMillis()),
                Numbers.format(
                        measured.stream()
                                .mapToDouble(start -> start.ready.toMillis())
                                .min()
                                .orElse(Double.NaN),
                        0),
                median(measured, start -> start.figures.cpuMicros() / 1e3),
                median(measured, start -> megabytes(start.figures.rssBytes())),
                median(measured, start -> megabytes(start.rssLoaded)));
    }

    private static String median(List<Start> measured, ToDoubleFunction<Start> figure) {
        return Numbers.format(Numbers.median(measured.stream().mapToDouble(figure)), 0);
    }

    private static double megabytes(long bytes) {
        return (double) bytes / (1 << 20);
    }

    private record Start(Duration ready, ProcessFigures figures, long rssLoaded) {}
}
