package io.portcullis.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.util.IllegalReferenceCountException;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DroppedErrorsTests {
    static Stream<Throwable> expected() {
        var ofDriver = new IllegalStateException("the login has failed");
        ofDriver.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("io.asyncer.r2dbc.mysql.HandshakeExchangeable", "emitNext", "InitFlow.java", 607)
        });
        return Stream.of(
                PortcullisException.of(ErrorCode.BAD_REQUEST, "the request"),
                PortcullisException.storeUnavailable("Redis", new TimeoutException("no answer")),
                new IllegalStateException(new IOException("reset")),
                new PrematureChannelClosureException("closed"),
                ofDriver);
    }

    @ParameterizedTest
    @MethodSource("expected")
    void logWhenOfAClientOrAConnectionThenOneLineForDebugging(Throwable error) {
        try (var log = LogCapture.of(DroppedErrors.class, Level.DEBUG)) {
            DroppedErrors.log(error);

            assertThat(log.lines()).singleElement().asString().startsWith("DEBUG ");
            assertThat(log.traces()).isEmpty();
        }
    }

    static Stream<Throwable> defects() {
        var ofNetty = new NullPointerException();
        ofNetty.setStackTrace(
                new StackTraceElement[] {new StackTraceElement("io.netty.channel.A", "write", "A.java", 1)});
        return Stream.of(
                new IllegalStateException("a defect"),
                new IllegalReferenceCountException(0),
                ofNetty,
                new AssertionError());
    }

    @ParameterizedTest
    @MethodSource("defects")
    void logWhenADefectThenAnErrorWithItsStackTrace(Throwable defect) {
        try (var log = LogCapture.of(DroppedErrors.class, Level.DEBUG)) {
            DroppedErrors.log(defect);

            assertThat(log.lines()).singleElement().asString().startsWith("ERROR ");
            assertThat(log.traces()).hasSize(1);
        }
    }
}
