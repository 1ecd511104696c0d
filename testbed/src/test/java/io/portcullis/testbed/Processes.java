package io.portcullis.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What tests see of processes. */
final class Processes {
    /** The bit of signal number 2. */
    private static final long SIGINT = 1L << 1;

    private Processes() {}

    /** Returns whether the process runs. In a container, a process that has ended may stay in the process table as a zombie. */
    static boolean isRunning(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false) && !isZombie(pid);
    }

    private static boolean isZombie(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/status")).contains("\nState:\tZ");
        } catch (IOException e) {
            // It ended this moment, or the system has no such files.
            return false;
        }
    }

    /** Whether this process, and so what it starts, was made to ignore SIGINT. */
    static boolean ignoresInterrupts() {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return status.filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(
                                            line.substring("SigIgn:".length()).strip(), 16)
                                    & SIGINT)
                            != 0);
        } catch (IOException e) {
            // The system has no such files.
            return false;
        }
    }

    static boolean noneRuns(List<Long> pids) {
        return pids.stream().noneMatch(Processes::isRunning);
    }
}
