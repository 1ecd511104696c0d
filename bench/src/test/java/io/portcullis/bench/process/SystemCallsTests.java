package io.portcullis.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemCallsTests {
    private static final String HEAD = "# started on Thu Nov 26 12:00:00 2026";

    @Test
    void parseWhenPerfCountedThenTheCount() {
        assertThat(SystemCalls.parse(List.of(HEAD, "", "182391,,raw_syscalls:sys_enter,4012345678,100.00,,")))
                .isEqualTo(182_391);
    }

    @Test
    void parseWhenTheProcessMadeNoCallThenNone() {
        assertThat(SystemCalls.parse(List.of(HEAD, "", "<not counted>,,raw_syscalls:sys_enter,0,100.00,,")))
                .isZero();
    }

    @Test
    void parseWhenPerfCannotCountThenSaysWhatItWrote() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> SystemCalls.parse(List.of(HEAD, "<not supported>,,raw_syscalls:sys_enter,0,100.00,,")))
                .withMessageContaining("<not supported>");
        assertThatIllegalStateException()
                .isThrownBy(() -> SystemCalls.parse(List.of(HEAD)))
                .withMessageContaining(HEAD);
    }

    @Test
    void reasonWhenPerfIsNotPermittedThenTheLineOfTheError() {
        assertThat(SystemCalls.reason(List.of(
                        "event syntax error: 'raw_syscalls:sys_enter'",
                        "                     \\___ can't access trace events",
                        "",
                        "Error:\tNo permissions to read /sys/kernel/tracing/events/raw_syscalls/sys_enter")))
                .isEqualTo("No permissions to read /sys/kernel/tracing/events/raw_syscalls/sys_enter");
        assertThat(SystemCalls.reason(List.of("perf not found for kernel 6.1", "install it")))
                .isEqualTo("perf not found for kernel 6.1");
    }

    @Test
    void duringWhenThisProcessCallsThenCounted(@TempDir Path directory) {
        List<String> log = new ArrayList<>();
        Optional<SystemCalls> calls = SystemCalls.find(directory, log::add);
        assertThat(log).hasSize(calls.isPresent() ? 0 : 1);
        assumeTrue(calls.isPresent(), () -> "skipped: " + log);

        long counted = calls.get().during(List.of(ProcessHandle.current().pid()), () -> touch(directory, 1_000));

        assertThat(counted).isGreaterThanOrEqualTo(1_000);
    }

    private static void touch(Path directory, int times) {
        try {
            for (int i = 0; i < times; i++) {
                Files.deleteIfExists(directory.resolve("absent"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
