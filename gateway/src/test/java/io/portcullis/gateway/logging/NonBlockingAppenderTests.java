package io.portcullis.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class NonBlockingAppenderTests {
    private final LoggerContext context = new LoggerContext();
    private final Output output = new Output();
    private final Logger log = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final long droppedBefore = NonBlockingLogging.COUNTERS.dropped();

    NonBlockingAppenderTests() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        output.setContext(context);
        output.start();
        log.addAppender(output);
        context.getLogger("other").addAppender(output);
        NonBlockingLogging.install(context);
    }

    @AfterEach
    void release() {
        output.open.countDown();
        context.stop();
    }

    @Test
    void linesWhenTheOutputWritesThenAllInTheirOrderAtTheEnd() {
        output.open.countDown();
        for (int i = 0; i < 1_000; i++) {
            log.info("line {}", i);
        }
        context.stop();

        assertThat(output.lines).hasSize(1_000).startsWith("line 0").endsWith("line 999");
        assertThat(output.isStarted()).isFalse();
    }

    @Test
    void linesWhenTheOutputStandsStillThenDroppedAndCounted() throws Exception {
        log.info("first");
        output.entered.await();
        String text = "x".repeat(1_000);
        int tooMany = (int) (NonBlockingAppender.CAPACITY / text.length());
        for (int i = 0; i < tooMany; i++) {
            log.info(text);
        }
        long dropped = NonBlockingLogging.COUNTERS.dropped() - droppedBefore;
        assertThat(dropped).isPositive();

        output.open.countDown();
        context.stop();

        assertThat(output.lines).filteredOn(line -> line.equals(text)).hasSize((int) (tooMany - dropped));
        assertThat(output.lines).contains(dropped + " lines were dropped because the output was slower than the log");
    }

    @Test
    void stopWhenTheOutputStandsStillThenItEndsAndLeavesTheOutputAlone() throws Exception {
        log.info("first");
        output.entered.await();

        context.stop();

        assertThat(output.isStarted()).isTrue();
        assertThat(output.lines).isEmpty();
    }

    @Test
    void installWhenDoneTwiceThenNothingChanges() {
        output.open.countDown();
        NonBlockingLogging.install(context);
        context.getLogger("other").info("a");
        context.stop();

        // The configuration attaches the appender to the logger and to the root logger.
        assertThat(output.lines).containsExactly("a", "a");
        assertThat(context.getLogger("other").iteratorForAppenders().hasNext()).isFalse();
    }

    /** An appender that blocks until the test opens it. */
    private static final class Output extends AppenderBase<ILoggingEvent> {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent line) {
            entered.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            lines.add(line.getFormattedMessage());
        }
    }
}
