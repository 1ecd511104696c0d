package io.portcullis.gateway.connection;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.origin.Origin;
import io.portcullis.gateway.problem.ProblemResponses;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Writes the responses to requests that are refused before they are routed. A response has the same CORS headers as all other
 * responses, if the request could be read far enough to choose them.
 */
final class RefusalResponses {
    private final ProblemResponses problems;
    private final CorsRules cors;

    RefusalResponses(ProblemResponses problems, CorsRules cors) {
        this.problems = problems;
        this.cors = cors;
    }

    /**
     * The parts of a refused request that determine its response.
     *
     * @param path the raw path, null if the target is invalid
     */
    record Head(
            String method,
            @Nullable String path,
            @Nullable String origin,
            @Nullable String host,
            List<String> acceptLanguage) {
        /** Returns the gateway's origin by the header {@code Host} alone: only its host and port decide. */
        @Nullable
        Origin ownOrigin() {
            return host == null ? null : Origin.of("http", host);
        }

        static Head of(String method, String target, HttpHeaders headers) {
            return new Head(
                    method,
                    pathOf(target),
                    headers.get(HttpHeaderNames.ORIGIN),
                    headers.get(HttpHeaderNames.HOST),
                    headers.getAll(HttpHeaderNames.ACCEPT_LANGUAGE));
        }
    }

    /** Returns the path of a request target, null if the target is invalid. */
    static @Nullable String pathOf(String target) {
        NormalisedTarget form = NormalisedTarget.of(target);
        if (form.refusal() != null) {
            return null;
        }
        int query = form.target().indexOf('?');
        return query < 0 ? form.target() : form.target().substring(0, query);
    }

    Mono<Void> write(PortcullisException refusal, Head head, HttpServerResponse response) {
        if (head.path() != null && !cors.isEmpty()) {
            cors.decide(
                            PathContainer.parsePath(head.path()),
                            head.method(),
                            Stream.ofNullable(head.origin()).toList(),
                            head::ownOrigin)
                    .headers()
                    .forEach(response.responseHeaders()::add);
        }
        return problems.responseToRefusal(refusal, head.acceptLanguage()).writeTo(response);
    }
}
