package io.portcullis.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.portcullis.core.error.ErrorCode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RepeatedFailuresTests {
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final LogCounters counters = new LogCounters();
    private long now = 17;
    private final RepeatedFailures filter = new RepeatedFailures(() -> now, counters);
    private final Logger log = context.getLogger("a");

    RepeatedFailuresTests() {
        context.addTurboFilter(filter);
        written.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(written);
    }

    private List<String> lines() {
        return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void passes(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void failureWhenRepeatedThenOnceASecondWithTheNumberOfOthers() {
        for (int i = 0; i < 1_000; i++) {
            log.warn("{} failed", i);
        }
        passes(1_000);
        log.warn("{} failed", "last");

        assertThat(lines())
                .containsExactly("0 failed", "999 more lines of this kind were suppressed: {} failed", "last failed");
        assertThat(counters.suppressed()).isEqualTo(999);
    }

    @Test
    void failureWhenItStopsThenTheNumberIsToldAllTheSame() {
        log.error("failed");
        log.error("failed");
        filter.reportFinished();
        assertThat(lines()).containsExactly("failed");

        passes(1_000);
        filter.reportFinished();
        filter.reportFinished();

        assertThat(lines()).containsExactly("failed", "1 more lines of this kind were suppressed: failed");
        assertThat(written.list.get(1).getLevel()).isEqualTo(Level.ERROR);
    }

    @Test
    void failuresWhenOfSeveralKindsThenEachIsTold() {
        log.warn("a");
        log.error("a");
        log.warn("b");
        context.getLogger("b").warn("a");
        log.warn("{}", ErrorCode.UNAVAILABLE);
        log.warn("{}", ErrorCode.BAD_GATEWAY);
        log.warn("a", new IOException());
        log.warn("a", new IllegalStateException());
        log.warn("a", new IllegalStateException("once more"));

        assertThat(lines()).hasSize(8);
    }

    @Test
    void linesWhenNoFailuresThenAllPass() {
        log.info("a");
        log.info("a");

        assertThat(lines()).hasSize(2);
    }

    @Test
    void failureWhenItsLevelIsOffThenNotCounted() {
        log.setLevel(Level.OFF);
        log.warn("a");
        log.warn("a");

        assertThat(counters.suppressed()).isZero();
    }

    /** A library may put client input into its message. */
    @Test
    void failuresWhenEachIsOfItsOwnKindThenAFixedNumberIsRemembered() {
        for (int i = 0; i < 10_000; i++) {
            log.warn("bad cookie " + i);
        }

        assertThat(lines()).hasSize(10_000);
        assertThat(counters.suppressed()).isZero();
    }
}
