package io.portcullis.gateway.problem;

import io.netty.buffer.ByteBufUtil;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.ObjectMapper;

/** Says what is answered to a failure, whichever path writes it. */
public final class ProblemAnswers {
    /** What an unfinished answer of a service may have left; headers of filters such as CORS stay. */
    private static final List<String> STALE_HEADERS = List.of(
            HttpHeaders.CONTENT_LENGTH, HttpHeaders.CONTENT_ENCODING, HttpHeaders.TRANSFER_ENCODING, HttpHeaders.ETAG);

    /** What 405 and 415 say beside the status (RFC 9110 sections 10.2.1, 12.5.1; RFC 5789). */
    private static final List<String> TOLD_BY_SPRING =
            List.of(HttpHeaders.ALLOW, HttpHeaders.ACCEPT, HttpHeaders.ACCEPT_PATCH);

    private static final Logger log = LoggerFactory.getLogger(ProblemAnswers.class);

    private final StatusStyle statusStyle;
    private final ObjectMapper json;
    private final ProblemMessages messages = new ProblemMessages();

    public ProblemAnswers(StatusStyle statusStyle, ObjectMapper json) {
        this.statusStyle = statusStyle;
        this.json = json;
    }

    /**
     * The request that failed.
     *
     * @param path without the query, since a query may hold a token
     * @param proxied whether a route had been chosen, so that input and output errors are the service's
     * @param acceptLanguage the values of the header
     */
    public record Request(String method, String path, boolean proxied, List<String> acceptLanguage) {}

    /** An answer to be written as it is. */
    public record Answer(int status, Map<String, String> headers, String body) {
        /** Writes this answer to a response on which nothing has been written. */
        public Mono<Void> writeTo(HttpServerResponse response) {
            response.status(status);
            headers.forEach(response.responseHeaders()::set);
            return response.sendObject(ByteBufUtil.writeUtf8(response.alloc(), body))
                    .then();
        }

        /** Writes this answer in the place of an unfinished one, of which nothing has been sent. */
        public Mono<Void> replace(HttpServerResponse response) {
            STALE_HEADERS.forEach(response.responseHeaders()::remove);
            return writeTo(response);
        }

        /** As {@link #replace(HttpServerResponse)}, in the filter chain. */
        public Mono<Void> replace(ServerHttpResponse response) {
            STALE_HEADERS.forEach(response.getHeaders()::remove);
            response.setRawStatusCode(status);
            headers.forEach(response.getHeaders()::set);
            return response.writeWith(
                    Mono.fromSupplier(() -> response.bufferFactory().wrap(body.getBytes(StandardCharsets.UTF_8))));
        }
    }

    /** The answer; what is the gateway's fault or a store's is logged. */
    public Answer to(Throwable failure, Request request) {
        Problem problem = ProblemTranslator.translate(failure, request.proxied());
        log(problem, request, failure);
        return new Answer(status(problem, request), headers(problem, failure), body(problem, request.acceptLanguage()));
    }

    /**
     * The answer to a request that was refused before its target was looked at, with a real status in either style.
     *
     * @param acceptLanguage the values of the header
     */
    public Answer toRefusal(PortcullisException refusal, List<String> acceptLanguage) {
        Problem problem = Problem.of(refusal);
        return new Answer(problem.code().httpStatus(), headers(problem, refusal), body(problem, acceptLanguage));
    }

    /** The answer to HEAD has no body that could hold a code. */
    private int status(Problem problem, Request request) {
        boolean inTheBody =
                statusStyle == StatusStyle.ENVELOPE && !request.method().equals(HttpMethod.HEAD.name());
        return inTheBody ? HttpStatus.OK.value() : problem.code().httpStatus();
    }

    private Map<String, String> headers(Problem problem, Throwable failure) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE);
        headers.put(HttpHeaders.CACHE_CONTROL, "no-store");
        String english = messages.get(problem.code(), Locale.ENGLISH);
        problem.findChallenge().ifPresent(it -> headers.put(HttpHeaders.WWW_AUTHENTICATE, it.toHeader(english)));
        if (problem.code() == ErrorCode.REQUEST_TIMEOUT) {
            headers.put(HttpHeaders.CONNECTION, "close");
        }
        problem.findRetryAfter().ifPresent(it -> headers.put(HttpHeaders.RETRY_AFTER, seconds(it)));
        if (failure instanceof ErrorResponse known) {
            TOLD_BY_SPRING.forEach(name -> putIfThere(name, known.getHeaders(), headers));
        }
        return headers;
    }

    private static void putIfThere(String name, HttpHeaders source, Map<String, String> target) {
        List<String> values = source.getOrEmpty(name);
        if (!values.isEmpty()) {
            target.put(name, String.join(", ", values));
        }
    }

    /** Retry-After knows whole seconds only: rounded up, so that nobody comes too early. */
    private static String seconds(Duration delay) {
        return Long.toString(Math.max(1, delay.plusMillis(999).toSeconds()));
    }

    private String body(Problem problem, List<String> acceptLanguage) {
        String message = messages.get(problem.code(), AcceptedLanguages.preferred(acceptLanguage));
        String text = problem.detail().isEmpty() ? message : message + ": " + problem.detail();
        return json.writeValueAsString(Envelope.failure(problem.code(), text));
    }

    private static void log(Problem problem, Request request, Throwable failure) {
        boolean aborted = failure instanceof AbortedException;
        if (aborted && request.proxied()) {
            logDisconnect(request, failure);
        } else if (problem.code() == ErrorCode.INTERNAL_ERROR
                && !aborted
                && !AbortedException.isConnectionReset(failure)) {
            log.error("{} {} failed", request.method(), request.path(), failure);
        } else if (problem.code().httpStatus() >= 500) {
            log.warn(
                    "{} {} answered {}: {}",
                    request.method(),
                    request.path(),
                    problem.code(),
                    RootCause.describeWithStore(failure));
        } else {
            log.debug("{} {} answered {}: {}", request.method(), request.path(), problem.code(), problem.detail());
        }
    }

    /** The client or the service has gone, which is no fault of this node. */
    private static void logDisconnect(Request request, Throwable failure) {
        log.debug("{} {} broke off: {}", request.method(), request.path(), failure.toString());
    }

    /** The failure of an answer that has begun, which must be cut instead of ending well. */
    public RuntimeException cut(Throwable failure, Request request) {
        logDisconnect(request, failure);
        return new BrokenAnswerException();
    }
}
