package io.portcullis.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.portcullis.testbed.Await;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.LoggerFactory;

@Timeout(180)
@ResourceLock(Resources.SYSTEM_OUT)
class LineOutputTests {
    private final PrintStream before = System.out;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final CountDownLatch open = new CountDownLatch(1);
    private final String name = "lines." + UUID.randomUUID();

    private void capture() {
        OutputStream blocking = new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                written.write(bytes, offset, length);
            }
        };
        System.setOut(new PrintStream(blocking, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        open.countDown();
        System.setOut(before);
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void messageWhenLoggedThenWrittenAsItIs() {
        capture();
        open.countDown();
        LineOutput.of(name);
        LineOutput.of(name).logger().info("{\"a\":1}");

        // Threads of earlier tests may write lines of their own, since there is one standard output.
        Await.until("the message", () -> text().contains("{\"a\":1}" + System.lineSeparator()));
        assertThat(text().lines().filter(line -> line.contains("\"a\""))).containsExactly("{\"a\":1}");
    }

    @Test
    void messagesWhenTheOutputStandsStillThenDroppedAndCountedWithoutWaiting() {
        capture();
        LineOutput output = LineOutput.of(name);
        long droppedBefore = output.dropped();
        String message = "x".repeat(10_000);
        for (int i = 0; i < 1_000; i++) {
            output.logger().info(message);
        }

        assertThat(output.dropped() - droppedBefore).isBetween(100L, 999L);
        open.countDown();
        Await.until(
                "the rest is written",
                () -> text().lines().filter(message::equals).count() == 1_000 - output.dropped() + droppedBefore);
    }

    @Test
    void loggerWhenTheOperatorGivesItAnAppenderThenKept() {
        Logger logger = (Logger) LoggerFactory.getLogger(name);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(appender);

        LineOutput.of(name).logger().info("a");

        assertThat(appender.list).hasSize(1);
        assertThat(logger.isAdditive()).isTrue();
    }
}
