package io.portcullis.bench.scenario;

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

/** Starts subjects alone, from the process's start until a request has been proxied, against stores that are up. */
record StartRun(World world, Jvm jvm, List<StartVariant> variants, int starts, Consumer<String> log) {
    private static final List<String> HEADER = List.of("start", "ready ms", "CPU ms until then", "RSS MB then");

    Table run(List<Subject> subjects) {
        Map<String, List<Start>> measured = new LinkedHashMap<>();
        for (int i = 0; i < starts; i++) {
            for (Subject subject : subjects) {
                if (subject.isJvm()) {
                    measure(measured, subject, subject.label(), jvm);
                }
            }
            if (subjects.contains(Subject.PORTCULLIS)) {
                variants.forEach(variant -> measure(
                        measured,
                        Subject.PORTCULLIS,
                        Subject.PORTCULLIS.label() + ", " + variant.name(),
                        jvm.withPortcullisFlags(variant.flags())));
            }
        }
        List<List<String>> rows = measured.entrySet().stream()
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .toList();
        return new Table("start: until a request has been proxied, median of " + starts, HEADER, rows);
    }

    private void measure(Map<String, List<Start>> measured, Subject subject, String name, Jvm how) {
        long from = System.nanoTime();
        try (RunningSubject running = new Launcher(world, how, Case.SOME_ROUTES).start(subject)) {
            Duration ready = Duration.ofNanos(System.nanoTime() - from);
            Start start = new Start(ready, running.figures());
            log.accept("start: %s was ready after %d ms".formatted(name, ready.toMillis()));
            measured.computeIfAbsent(name, key -> new ArrayList<>()).add(start);
        }
    }

    private static List<String> row(String name, List<Start> measured) {
        return List.of(
                name,
                Numbers.format(Numbers.median(measured.stream().mapToDouble(start -> start.ready.toMillis())), 0),
                Numbers.format(
                        Numbers.median(measured.stream().mapToDouble(start -> start.figures.cpuMicros() / 1e3)), 0),
                Numbers.format(
                        Numbers.median(
                                measured.stream().mapToDouble(start -> (double) start.figures.rssBytes() / (1 << 20))),
                        0));
    }

    private record Start(Duration ready, ProcessFigures figures) {}
}
