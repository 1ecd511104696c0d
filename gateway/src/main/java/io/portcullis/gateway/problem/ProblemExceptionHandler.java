package io.portcullis.gateway.problem;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.portcullis.core.error.ErrorCode;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.ObjectMapper;

/** Turns every failure into the envelope with its status, headers and message (design section 7). */
public final class ProblemExceptionHandler implements ErrorWebExceptionHandler, Ordered {
    private static final Logger log = LoggerFactory.getLogger(ProblemExceptionHandler.class);
    /** Before Boot's own handler at -1, which would take the routing errors. */
    private static final int ORDER = -2;

    private final StatusStyle statusStyle;
    private final ObjectMapper json;
    private final ProblemMessages messages = new ProblemMessages();

    public ProblemExceptionHandler(StatusStyle statusStyle, ObjectMapper json) {
        this.statusStyle = statusStyle;
        this.json = json;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    /** Fails if the answer has begun, so that the connection is cut instead of ending well. */
    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            logCut(exchange, failure);
            return Mono.error(BrokenAnswerException::new);
        }
        boolean proxied = exchange.getAttribute(GATEWAY_ROUTE_ATTR) != null;
        Problem problem = ProblemTranslator.translate(failure, proxied);
        log(problem, exchange, failure);
        writeHeaders(response, problem);
        return response.writeWith(Mono.fromSupplier(() -> body(exchange, problem)));
    }

    private void writeHeaders(ServerHttpResponse response, Problem problem) {
        HttpHeaders headers = response.getHeaders();
        // What an upstream's unfinished answer left; headers of filters such as CORS stay.
        headers.remove(HttpHeaders.CONTENT_LENGTH);
        headers.remove(HttpHeaders.CONTENT_ENCODING);
        headers.remove(HttpHeaders.TRANSFER_ENCODING);
        headers.remove(HttpHeaders.ETAG);
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setCacheControl("no-store");
        String english = messages.get(problem.code(), Locale.ENGLISH);
        problem.findChallenge().ifPresent(it -> headers.set(HttpHeaders.WWW_AUTHENTICATE, it.toHeader(english)));
        problem.findRetryAfter().ifPresent(it -> headers.set(HttpHeaders.RETRY_AFTER, seconds(it)));
        int status = statusStyle == StatusStyle.ENVELOPE
                ? HttpStatus.OK.value()
                : problem.code().httpStatus();
        response.setRawStatusCode(status);
    }

    /** Retry-After knows whole seconds only: rounded up, so that nobody comes too early. */
    private static String seconds(Duration delay) {
        return Long.toString(Math.max(1, delay.plusMillis(999).toSeconds()));
    }

    private DataBuffer body(ServerWebExchange exchange, Problem problem) {
        Locale locale = ProblemMessages.locale(exchange.getRequest().getHeaders());
        String message = messages.get(problem.code(), locale);
        String text = problem.detail().isEmpty() ? message : message + ": " + problem.detail();
        byte[] bytes = json.writeValueAsBytes(Envelope.failure(problem.code(), text));
        return exchange.getResponse().bufferFactory().wrap(bytes);
    }

    /** Either side may have gone, which is no fault of this node. */
    private static void logCut(ServerWebExchange exchange, Throwable failure) {
        String method = exchange.getRequest().getMethod().name();
        log.debug("{} {} broke off: {}", method, exchange.getRequest().getPath().value(), failure.toString());
    }

    /** The path without its query, since a query may hold a token. */
    private static void log(Problem problem, ServerWebExchange exchange, Throwable failure) {
        String method = exchange.getRequest().getMethod().name();
        String path = exchange.getRequest().getPath().value();
        if (problem.code() == ErrorCode.INTERNAL_ERROR) {
            log.error("{} {} failed", method, path, failure);
        } else if (problem.code().httpStatus() >= 500) {
            log.warn("{} {} answered {}: {}", method, path, problem.code(), failure.toString());
        }
    }
}
