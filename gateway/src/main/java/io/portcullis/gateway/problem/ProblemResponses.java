package io.portcullis.gateway.problem;

import io.netty.buffer.ByteBufUtil;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.token.LoggedPath;
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
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.ObjectMapper;

/** Creates the response to a failure, for the fast path and the filter chain alike (docs/design.md section 7). */
public final class ProblemResponses {
    /** Headers that describe the body of the response that is replaced. The headers of filters, such as CORS, stay. */
    private static final List<String> STALE_HEADERS = List.of(
            HttpHeaders.CONTENT_LENGTH, HttpHeaders.CONTENT_ENCODING, HttpHeaders.TRANSFER_ENCODING, HttpHeaders.ETAG);

    /** Headers of 405 and 415 that Spring's exceptions carry (RFC 9110 sections 10.2.1 and 12.5.1, RFC 5789). */
    private static final List<String> HEADERS_OF_SPRING =
            List.of(HttpHeaders.ALLOW, HttpHeaders.ACCEPT, HttpHeaders.ACCEPT_PATCH);

    private static final Logger log = LoggerFactory.getLogger(ProblemResponses.class);

    private static final String OAUTH2 = ProblemResponses.class.getName() + ".oauth2";

    private final StatusStyle statusStyle;
    private final ObjectMapper json;
    private final ProblemMessages messages = new ProblemMessages();

    public ProblemResponses(StatusStyle statusStyle, ObjectMapper json) {
        this.statusStyle = statusStyle;
        this.json = json;
    }

    /**
     * Describes the request that failed.
     *
     * @param path the path without the query, because a query may contain a token
     * @param proxied whether a route had been chosen, so that I/O errors are the service's
     * @param acceptLanguage the values of the header {@code Accept-Language}
     */
    public record Request(String method, String path, boolean proxied, List<String> acceptLanguage) {
        /** Returns the method and the path for the log. */
        private String shown() {
            return method + " " + LoggedPath.withoutTokens(path);
        }
    }

    /** Represents a complete response: status, headers and JSON body. */
    public record Response(int status, Map<String, String> headers, String body) {
        /** Writes this response to a server response that is not committed. */
        public Mono<Void> writeTo(HttpServerResponse response) {
            response.status(status);
            headers.forEach(response.responseHeaders()::set);
            return response.sendObject(ByteBufUtil.writeUtf8(response.alloc(), body))
                    .then();
        }

        /**
         * Writes this response in the filter chain, in place of a prepared one that is not committed, and drops the headers of its
         * body.
         */
        public Mono<Void> replace(ServerHttpResponse response) {
            STALE_HEADERS.forEach(response.getHeaders()::remove);
            response.setRawStatusCode(status);
            headers.forEach(response.getHeaders()::set);
            return response.writeWith(
                    Mono.fromSupplier(() -> response.bufferFactory().wrap(body.getBytes(StandardCharsets.UTF_8))));
        }
    }

    /**
     * Returns the response to a failure and logs the failure: as an error with its stack trace if it was unexpected, as a warning
     * if a store or a service caused it, at debug level if the client did.
     */
    public Response responseTo(Throwable failure, Request request) {
        Problem problem = ProblemTranslator.translate(failure, request.proxied());
        log(problem, request, failure);
        return new Response(
                status(problem, request), headers(problem, failure), body(problem, request.acceptLanguage()));
    }

    /** Returns the response of an OAuth 2 endpoint to a failure, in the form of RFC 6749 section 5.2, and logs the failure likewise. */
    Response oauth2ResponseTo(Throwable failure, Request request) {
        Problem problem = ProblemTranslator.translate(failure, false);
        OAuth2Problem answer;
        Map<String, String> headers = new LinkedHashMap<>();
        if (failure instanceof OAuth2Exception known) {
            answer = OAuth2Problem.of(known);
            headers.put(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE);
        } else {
            log(problem, request, failure);
            answer = OAuth2Problem.of(problem, messages);
            headers.putAll(headers(problem, failure));
            headers.remove(HttpHeaders.WWW_AUTHENTICATE);
        }
        headers.put(HttpHeaders.CACHE_CONTROL, "no-store");
        if (answer.error() == OAuth2Error.INVALID_CLIENT) {
            headers.put(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"portcullis\", charset=\"UTF-8\"");
        }
        return new Response(answer.status(), headers, json.writeValueAsString(answer.body()));
    }

    /** Makes failures of this exchange be answered in the form of RFC 6749 section 5.2 instead of the envelope. */
    public static void answerAsOAuth2(ServerWebExchange exchange) {
        exchange.getAttributes().put(OAUTH2, true);
    }

    static boolean isOAuth2(ServerWebExchange exchange) {
        return exchange.getAttribute(OAUTH2) != null;
    }

    /**
     * Returns whether an endpoint of the gateway failed because the client disconnected in the middle of its body. Logs that at debug
     * level.
     */
    boolean isDisconnect(Throwable failure, Request request) {
        boolean disconnect = !request.proxied()
                && ProblemTranslator.translate(failure, false).code() == ErrorCode.INTERNAL_ERROR
                && ProblemTranslator.isAbort(failure);
        if (disconnect) {
            logDisconnect(request, failure);
        }
        return disconnect;
    }

    /**
     * Returns the response to a request that was refused before its target was read. It has the failure's HTTP status in both
     * values of {@link StatusStyle}.
     *
     * @param acceptLanguage the values of the header {@code Accept-Language}
     */
    public Response responseToRefusal(PortcullisException refusal, List<String> acceptLanguage) {
        Problem problem = Problem.of(refusal);
        return new Response(problem.code().httpStatus(), headers(problem, refusal), body(problem, acceptLanguage));
    }

    /**
     * Returns the HTTP status. A response to HEAD has no envelope for the code, so it always has the failure's status. So has a response
     * of the decision endpoint, because a proxy would take a status of 200 for an admission, and one of the endpoints of OAuth 2, because a
     * client would take it for a revocation.
     */
    private int status(Problem problem, Request request) {
        boolean statusInBody = statusStyle == StatusStyle.ENVELOPE
                && !request.method().equals(HttpMethod.HEAD.name())
                && (request.proxied() || !readsStatusAlone(request.path()));
        return statusInBody ? HttpStatus.OK.value() : problem.code().httpStatus();
    }

    private static boolean readsStatusAlone(String path) {
        return DecisionPath.isMeant(path) || OAuth2Problem.isMeant(path);
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
            HEADERS_OF_SPRING.forEach(name -> putIfPresent(name, known.getHeaders(), headers));
        }
        return headers;
    }

    private static void putIfPresent(String name, HttpHeaders source, Map<String, String> target) {
        List<String> values = source.getOrEmpty(name);
        if (!values.isEmpty()) {
            target.put(name, String.join(", ", values));
        }
    }

    /** Rounds up, because Retry-After has whole seconds and a client must not retry too early. */
    private static String seconds(Duration delay) {
        return Long.toString(Math.max(1, delay.plusMillis(999).toSeconds()));
    }

    private String body(Problem problem, List<String> acceptLanguage) {
        String message = messages.get(problem.code(), AcceptedLanguages.preferred(acceptLanguage));
        String text = problem.detail().isEmpty() ? message : message + ": " + problem.detail();
        return json.writeValueAsString(Envelope.failure(problem.code(), text));
    }

    private static void log(Problem problem, Request request, Throwable failure) {
        if (failure instanceof AbortedException && request.proxied()) {
            logDisconnect(request, failure);
        } else if (problem.code() == ErrorCode.INTERNAL_ERROR && !ProblemTranslator.isAbort(failure)) {
            log.error("{} failed", request.shown(), failure);
        } else if (problem.code().httpStatus() >= 500) {
            log.warn("{} answered {}: {}", request.shown(), problem.code(), RootCause.describeWithStore(failure));
        } else if (log.isDebugEnabled()) {
            log.debug("{} answered {}: {}", request.shown(), problem.code(), problem.detail());
        }
    }

    /** Logs at debug level that the client or the service closed its connection, which is no error of this node. */
    private static void logDisconnect(Request request, Throwable failure) {
        if (log.isDebugEnabled()) {
            log.debug("{} disconnected: {}", request.shown(), failure.toString());
        }
    }

    /**
     * Returns the error that makes the server close the connection of a response that has begun, so that the client sees it fail.
     */
    public RuntimeException truncate(Throwable failure, Request request) {
        logDisconnect(request, failure);
        return new TruncatedResponseException();
    }
}
