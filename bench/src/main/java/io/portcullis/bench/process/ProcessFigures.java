package io.portcullis.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Resource usage of a process and its descendants, from {@code /proc}.
 *
 * @param cpuMicros user and system time since the start, in microseconds; the kernel counts in steps of 10 ms
 * @param rssBytes resident memory; pages shared by several processes count once for each
 */
public record ProcessFigures(long cpuMicros, long rssBytes) {
    /** {@code USER_HZ}, a constant in the user-space interface of Linux. */
    private static final int TICKS_PER_SECOND = 100;

    private static final long MICROS_PER_TICK = 1_000_000 / TICKS_PER_SECOND;
    /** Index in {@code /proc/pid/stat}, counted after the process name in brackets, which may contain spaces. */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;
    /** No usage. */
    public static final ProcessFigures NONE = new ProcessFigures(0, 0);

    /** Returns the sum over the process and all its running descendants. */
    public static ProcessFigures of(long pid) {
        Stream<Long> children = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid);
        return Stream.concat(Stream.of(pid), children).map(ProcessFigures::one).reduce(NONE, ProcessFigures::plus);
    }

    /**
     * Returns the time that the threads of the process have run, in nanoseconds; without its descendants, and without threads that have
     * ended. 0 if the process has ended, or if the kernel does not tell.
     */
    public static long cpuNanos(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.mapToLong(ProcessFigures::threadNanos).sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Returns the time that the threads of the JVM's compilers have run, in microseconds; 0 if the process is no JVM or has ended. The JVM
     * ends compiler threads that have nothing to do, and their time goes with them.
     */
    public static long compilerMicros(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.filter(ProcessFigures::isCompiler)
                            .mapToLong(ProcessFigures::threadNanos)
                            .sum()
                    / 1_000;
        } catch (IOException e) {
            return 0;
        }
    }

    private static boolean isCompiler(Path thread) {
        try {
            String name = Files.readString(thread.resolve("comm"));
            return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler");
        } catch (IOException e) {
            // The thread has ended.
            return false;
        }
    }

    private static long threadNanos(Path thread) {
        try {
            String schedstat = Files.readString(thread.resolve("schedstat"));
            return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
        } catch (IOException e) {
            // The thread has ended.
            return 0;
        }
    }

    private static ProcessFigures one(long pid) {
        Path directory = Path.of("/proc", Long.toString(pid));
        try {
            return new ProcessFigures(
                    cpuMicros(Files.readString(directory.resolve("stat"))),
                    rssBytes(Files.readAllLines(directory.resolve("status"))));
        } catch (IOException e) {
            // The process has ended.
            return NONE;
        }
    }

    static long cpuMicros(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * MICROS_PER_TICK;
    }

    static long rssBytes(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .sum();
    }

    /** Returns the sum of both. */
    public ProcessFigures plus(ProcessFigures other) {
        return new ProcessFigures(cpuMicros + other.cpuMicros, rssBytes + other.rssBytes);
    }
}
