package io.portcullis.bench;

import io.portcullis.bench.report.Plot;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.scenario.Results;
import io.portcullis.bench.scenario.Scenarios;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One run of the benchmark: starts the environment, runs the scenarios, and writes the requested reports. */
record BenchRun(Options options, Consumer<String> log) {
    Results run() {
        List<Subject> subjects =
                options.subjects().stream().filter(this::present).toList();
        try (World world = World.start()) {
            Results results =
                    new Scenarios(world, options.jvm(), subjects, options.settings(), log).run(options.scenarios());
            options.svg().ifPresent(file -> write(file, Plot.of(results.comparisons())));
            options.markdown().ifPresent(file -> write(file, markdown(results)));
            return results;
        }
    }

    private boolean present(Subject subject) {
        subject.missing().ifPresent(how -> log.accept("skipping %s, which needs: %s".formatted(subject.label(), how)));
        return subject.missing().isEmpty();
    }

    private static String markdown(Results results) {
        return results.tables().stream().map(Table::toMarkdown).collect(Collectors.joining("\n"));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
