package io.portcullis.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessFiguresTests {
    @Test
    void cpuWhenTheNameHasSpacesAndBracketsThenStillRead() {
        String stat = "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 7 9 20 0 31 0 100 1000 200";
        assertThat(ProcessFigures.cpuMicros(stat)).isEqualTo(3_000_000);
    }

    @Test
    void rssWhenGivenInKilobytesThenBytes() {
        assertThat(ProcessFigures.rssBytes(List.of("Name:\tjava", "VmHWM:\t   900 kB", "VmRSS:\t   512 kB")))
                .isEqualTo(512 * 1024);
    }

    @Test
    void ofWhenThisProcessThenPlausible() {
        ProcessFigures figures = ProcessFigures.of(ProcessHandle.current().pid());
        assertThat(figures.cpuMicros()).isPositive();
        assertThat(figures.rssBytes()).isGreaterThan(10 << 20);
    }

    @Test
    void compilerMicrosWhenThisProcessThenPartOfItsTime() {
        long pid = ProcessHandle.current().pid();
        assertThat(ProcessFigures.compilerMicros(pid))
                .isPositive()
                .isLessThan(ProcessFigures.of(pid).cpuMicros() + 1_000_000);
    }

    @Test
    void ofWhenTheProcessHasEndedThenNothing() {
        assertThat(ProcessFigures.of(Integer.MAX_VALUE)).isEqualTo(new ProcessFigures(0, 0));
    }
}
