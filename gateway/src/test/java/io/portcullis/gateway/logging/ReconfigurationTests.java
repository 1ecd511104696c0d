package io.portcullis.gateway.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import io.portcullis.testbed.Await;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReconfigurationTests {
    private final LoggerContext context = new LoggerContext();
    private final Logger log = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    ReconfigurationTests() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        NonBlockingLogging.install(context);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private ListAppender<ILoggingEvent> attach() {
        ListAppender<ILoggingEvent> output = new ListAppender<>();
        output.setContext(context);
        output.start();
        log.addAppender(output);
        return output;
    }

    /** Spring Boot stops the context before it resets it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lineWhenTheNewAppendersAreNotWrappedYetThenNoThreadWritesIt(boolean stopped) {
        if (stopped) {
            context.stop();
        }
        context.reset();
        ListAppender<ILoggingEvent> output = attach();

        log.error("too early");
        assertThat(output.list).isEmpty();

        NonBlockingLogging.install(context);
        log.error("in time");
        Await.until("the line is written", () -> !output.list.isEmpty());
        assertThat(output.list).extracting(ILoggingEvent::getMessage).containsExactly("in time");
    }

    @Test
    void fileWhenReadAgainThenItsAppendersAreWrapped() throws Exception {
        for (int i = 0; i < 2; i++) {
            context.reset();
            read("""
                    <configuration>
                      <appender name="list" class="ch.qos.logback.core.read.ListAppender"/>
                      <root level="INFO"><appender-ref ref="list"/></root>
                    </configuration>
                    """);

            assertThat(log.iteratorForAppenders()).toIterable().hasOnlyElementsOfType(NonBlockingAppender.class);
            assertThat(log.isInfoEnabled()).isTrue();
        }
    }

    private void read(String file) throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(new ByteArrayInputStream(file.getBytes(UTF_8)));
    }

    @Test
    void installWhenRepeatedThenOneWatch() {
        for (int i = 0; i < 3; i++) {
            NonBlockingLogging.install(context);
        }

        assertThat(context.getCopyOfListenerList()).hasSize(1);
    }
}
