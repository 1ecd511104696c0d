package io.portcullis.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts the system calls of a process and its descendants with {@code perf stat}. The kernel counts them without stopping the
 * process. A tracer such as strace would stop it at each call, which changes how many events the process handles at a time.
 */
public final class SystemCalls {
    private static final String EVENT = "raw_syscalls:sys_enter";
    private static final String COUNTING = "counting";
    private static final int STOP_SECONDS = 10;

    private final Path perf;
    private final Path file;

    private SystemCalls(Path perf, Path directory) {
        this.perf = perf;
        this.file = directory.resolve("perf.csv");
    }

    /**
     * Returns a counter; empty if perf is not installed, or may not count the calls of this process.
     *
     * @param directory the directory for the output of perf
     * @param log receives one line with the reason if the result is empty
     */
    public static Optional<SystemCalls> find(Path directory, Consumer<String> log) {
        Optional<Path> perf = Executables.find("perf");
        if (perf.isEmpty()) {
            log.accept("no syscalls/req: perf is not installed (apt-get install -y linux-perf)");
            return Optional.empty();
        }
        SystemCalls calls = new SystemCalls(perf.get(), directory);
        try {
            calls.during(List.of(ProcessHandle.current().pid()), () -> {});
            return Optional.of(calls);
        } catch (IllegalStateException e) {
            log.accept("no syscalls/req: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Runs the work, and returns the number of system calls of the processes and their running descendants meanwhile.
     *
     * @throws IllegalStateException if perf cannot count; the message contains its output
     */
    public long during(List<Long> parents, Runnable work) {
        Process process = start(parents);
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            awaitCounting(output);
            work.run();
            // The command of perf ends with its standard input. Then perf writes the count, and ends as well.
            process.getOutputStream().close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("perf did not end");
            }
            return parse(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(List<Long> parents) {
        Stream<Long> descendants = parents.stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid);
        String pids = Stream.concat(parents.stream(), descendants)
                .map(String::valueOf)
                .collect(Collectors.joining(","));
        List<String> command = List.of(
                perf.toString(),
                "stat",
                "--event=" + EVENT,
                "--field-separator=,",
                "--output=" + file,
                "--pid=" + pids,
                "--",
                "sh",
                "-c",
                "echo " + COUNTING + "; exec cat");
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitCounting(BufferedReader output) throws IOException {
        List<String> lines = new ArrayList<>();
        String line = output.readLine();
        while (line != null && !line.equals(COUNTING)) {
            lines.add(line);
            line = output.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("perf cannot count %s: %s".formatted(EVENT, reason(lines)));
        }
    }

    /** Returns the line that perf marks as the error, otherwise the first line of its output. */
    static String reason(List<String> output) {
        return output.stream()
                .filter(line -> line.startsWith("Error:"))
                .map(line -> line.substring("Error:".length()).strip())
                .findFirst()
                .orElseGet(() -> output.stream().findFirst().orElse("no output"));
    }

    /**
     * Returns the count from the output of {@code perf stat}. perf writes {@code <not counted>} for a process that made no call.
     *
     * @throws IllegalStateException if there is no count
     */
    static long parse(List<String> output) {
        String count = output.stream()
                .filter(line -> line.contains(EVENT))
                .map(line -> line.substring(0, line.indexOf(',')))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("perf wrote no count: " + String.join(" ", output)));
        if (count.equals("<not counted>")) {
            return 0;
        }
        try {
            return Long.parseLong(count);
        } catch (NumberFormatException e) {
            throw new IllegalStateException("perf wrote the count " + count, e);
        }
    }
}
