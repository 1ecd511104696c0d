package io.portcullis.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.logging.LogCapture;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class ProblemResponsesTests {
    private final ProblemResponses responses = new ProblemResponses(StatusStyle.STATUS, new JsonMapper());

    private static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("unexpected"),
                PortcullisException.of(ErrorCode.UNAVAILABLE),
                PortcullisException.of(ErrorCode.BAD_REQUEST));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void logWhenThePathHasATokenThenTheLineHasNone(Throwable failure) {
        var request = new ProblemResponses.Request("GET", "/api/p%63a_secret/orders", true, List.of());
        try (LogCapture log = LogCapture.of(ProblemResponses.class, Level.DEBUG)) {
            var unused = responses.responseTo(failure, request);

            assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains(" GET /api/***/orders "));
        }
    }
}
