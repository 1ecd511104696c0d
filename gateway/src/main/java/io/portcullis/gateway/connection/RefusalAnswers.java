package io.portcullis.gateway.connection;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.problem.ProblemAnswers;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Writes the answers to requests that are refused before any path is chosen for them. They have the headers of CORS as all other
 * answers have, where as much of the request could be read as that takes.
 */
final class RefusalAnswers {
    private final ProblemAnswers problems;
    private final CorsRules cors;

    RefusalAnswers(ProblemAnswers problems, CorsRules cors) {
        this.problems = problems;
        this.cors = cors;
    }

    /**
     * The parts of a refused request that its answer depends on.
     *
     * @param path the raw path, null if the target is not valid
     */
    record Head(
            String method,
            @Nullable String path,
            @Nullable String origin,
            @Nullable String host,
            List<String> acceptLanguage) {
        static Head of(String method, String target, HttpHeaders headers) {
            return new Head(
                    method,
                    pathOf(target),
                    headers.get(HttpHeaderNames.ORIGIN),
                    headers.get(HttpHeaderNames.HOST),
                    headers.getAll(HttpHeaderNames.ACCEPT_LANGUAGE));
        }
    }

    /** The path of a request target, null if the target is not valid. */
    static @Nullable String pathOf(String target) {
        TargetNormaliser form = TargetNormaliser.of(target);
        if (form.refusal() != null) {
            return null;
        }
        int query = form.target().indexOf('?');
        return query < 0 ? form.target() : form.target().substring(0, query);
    }

    Mono<Void> write(PortcullisException refusal, Head head, HttpServerResponse response) {
        if (head.path() != null && !cors.isEmpty()) {
            cors.decide(PathContainer.parsePath(head.path()), head.method(), head.origin(), head.host())
                    .headers()
                    .forEach(response.responseHeaders()::add);
        }
        return problems.toRefusal(refusal, head.acceptLanguage()).writeTo(response);
    }
}
