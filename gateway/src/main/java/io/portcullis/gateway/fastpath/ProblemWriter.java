package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.portcullis.gateway.problem.ProblemResponses;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** Writes the problem response of a failure on the fast path, as {@code ProblemExceptionHandler} does in the filter chain. */
final class ProblemWriter {
    private final ProblemResponses problems;

    ProblemWriter(ProblemResponses problems) {
        this.problems = problems;
    }

    /**
     * Writes the problem response. Emits an error if the response head has already been sent: reactor-netty then closes the
     * connection, and the client cannot take the truncated response for a complete one.
     */
    Mono<Void> write(Throwable failure, FastRequest fast, HttpServerResponse response) {
        var failed = new ProblemResponses.Request(
                fast.method().name(),
                fast.target().path(),
                true,
                fast.request().requestHeaders().getAll(HttpHeaderNames.ACCEPT_LANGUAGE));
        if (response.hasSentHeaders()) {
            return Mono.error(problems.truncate(failure, failed));
        }
        return problems.responseTo(failure, failed).replace(response);
    }
}
