package io.portcullis.chaos;

import io.portcullis.chaos.checker.Violation;
import io.portcullis.chaos.history.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes all operations on the sessions of a violated property to a file, one file for each round with violations. */
final class Evidence {
    private static final int SESSIONS = 20;

    private Evidence() {}

    static void write(Path logs, int number, RoundResult result) {
        if (result.violations().isEmpty()) {
            return;
        }
        Set<String> sessions = result.violations().stream()
                .flatMap(violation -> violation.evidence().stream())
                .map(Operation::session)
                .filter(Objects::nonNull)
                .limit(SESSIONS)
                .collect(Collectors.toSet());
        try {
            Files.write(logs.resolve("round-" + number + "-violations.txt"), lines(result, sessions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(RoundResult result, Set<String> sessions) {
        List<Operation> ordered = result.history().operations().stream()
                .sorted(Comparator.comparingLong(Operation::invokedAt))
                .toList();
        long origin = ordered.isEmpty() ? 0 : ordered.get(0).invokedAt();
        List<String> lines = ordered.stream()
                .filter(operation -> sessions.contains(operation.session()))
                .sorted(Comparator.comparing(operation -> String.valueOf(operation.session())))
                .map(operation -> operation.describe(origin))
                .collect(Collectors.toList());
        result.history().streams().stream()
                .filter(stream -> sessions.contains(stream.opening().session()))
                .map(stream ->
                        "session " + Operation.shorten(stream.opening().session()) + "  " + stream.describe(origin))
                .forEach(lines::add);
        result.history().disturbances().stream()
                .map(disturbance -> "%s of nodes %s, from %.1f to %.1f ms, healed at %.1f ms"
                        .formatted(
                                disturbance.losses(),
                                disturbance.nodes(),
                                (disturbance.from() - origin) / 1e6,
                                (disturbance.over() - origin) / 1e6,
                                (disturbance.until() - origin) / 1e6))
                .forEach(lines::add);
        result.violations().stream().map(Violation::toString).forEach(lines::add);
        return lines;
    }
}
