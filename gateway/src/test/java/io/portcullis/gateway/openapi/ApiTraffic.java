package io.portcullis.gateway.openapi;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Records the exchanges with the own endpoints of each node of this JVM, for {@link ApiTrafficExtension}. An exchange is recorded before the
 * client gets the last byte of its response. Refusals of requests that cannot be read do not get here.
 */
@Configuration(proxyBeanMethods = false)
public class ApiTraffic {
    /** Bounds the memory and the time that a flood takes, whose exchanges are all alike. */
    private static final int MAX_EXCHANGES = 1_000;

    /** Stands for a client that has disconnected, to which nothing is sent. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private static final int MAX_BODY = 256 * 1_024;
    private static final List<PathPattern> OWN = Stream.of(
                    "/system/**", "/oauth2/**", "/.well-known/jwks.json", "/.well-known/oauth-authorization-server/**")
            .map(PathPatternParser.defaultInstance::parse)
            .toList();
    private static final PathPattern CONSOLE = PathPatternParser.defaultInstance.parse("/console/**");

    private static final Queue<Exchange> RECORDED = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Returns the exchanges since the last call. */
    static List<Exchange> take() {
        List<Exchange> taken = new ArrayList<>();
        for (Exchange next = RECORDED.poll(); next != null; next = RECORDED.poll()) {
            taken.add(next);
        }
        COUNT.set(0);
        return taken;
    }

    @Bean
    HttpHandlerDecoratorFactory apiTrafficRecorder(Environment environment) {
        boolean console = environment.getProperty("portcullis.console.enabled", Boolean.class, true);
        boolean statusInBody = "envelope".equalsIgnoreCase(environment.getProperty("portcullis.http.status-style"));
        return handler -> (request, response) -> isOfGateway(request, environment) && isOwn(request, console)
                ? record(handler, request, response, statusInBody)
                : handler.handle(request, response);
    }

    /** Returns whether a request came to the gateway's own port. The management port has its handler decorated, too. */
    private static boolean isOfGateway(ServerHttpRequest request, Environment environment) {
        InetSocketAddress address = request.getLocalAddress();
        return address != null
                && String.valueOf(address.getPort()).equals(environment.getProperty("local.server.port"))
                && !CorsUtils.isPreFlightRequest(request);
    }

    private static boolean isOwn(ServerHttpRequest request, boolean console) {
        PathContainer path = request.getPath().pathWithinApplication();
        return OWN.stream().anyMatch(pattern -> pattern.matches(path)) || (console && CONSOLE.matches(path));
    }

    private static Mono<Void> record(
            HttpHandler handler, ServerHttpRequest request, ServerHttpResponse response, boolean statusInBody) {
        if (COUNT.get() >= MAX_EXCHANGES) {
            return handler.handle(request, response);
        }
        HttpHeaders received = HttpHeaders.copyOf(request.getHeaders());
        RecordedRequest recorded = new RecordedRequest(request);
        return handler.handle(recorded, new RecordedResponse(response, (status, body) -> {
            if (status == CLIENT_CLOSED_REQUEST) {
                return;
            }
            COUNT.incrementAndGet();
            RECORDED.add(new Exchange(
                    request.getMethod().name(),
                    request.getPath().pathWithinApplication().value(),
                    request.getQueryParams(),
                    received,
                    recorded.body.text(),
                    status,
                    HttpHeaders.copyOf(response.getHeaders()),
                    body,
                    statusInBody));
        }));
    }

    /** Called once, when the response is complete. */
    private interface Listener {
        void completed(int status, String body);
    }

    private static final class CopiedBody {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        synchronized void add(DataBuffer part) {
            byte[] copy = new byte[part.readableByteCount()];
            part.toByteBuffer(ByteBuffer.wrap(copy));
            bytes.write(copy, 0, Math.min(copy.length, MAX_BODY - bytes.size()));
        }

        synchronized int size() {
            return bytes.size();
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private static final class RecordedRequest extends ServerHttpRequestDecorator {
        private final CopiedBody body = new CopiedBody();

        RecordedRequest(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return super.getBody().doOnNext(body::add);
        }
    }

    private static final class RecordedResponse extends ServerHttpResponseDecorator {
        private final Listener listener;
        private final CopiedBody body = new CopiedBody();
        private boolean told;

        RecordedResponse(ServerHttpResponse response, Listener listener) {
            super(response);
            this.listener = listener;
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> content) {
            if (content instanceof Mono<? extends DataBuffer> one) {
                return super.writeWith(one.doOnNext(part -> {
                    body.add(part);
                    complete();
                }));
            }
            return super.writeWith(Flux.from(content)
                    .doOnNext(part -> {
                        body.add(part);
                        if (body.size() == getHeaders().getContentLength()) {
                            complete();
                        }
                    })
                    .doOnComplete(this::complete));
        }

        @Override
        public Mono<Void> setComplete() {
            getDelegate().beforeCommit(() -> Mono.fromRunnable(this::complete));
            return super.setComplete();
        }

        private synchronized void complete() {
            if (!told) {
                told = true;
                HttpStatusCode status = getStatusCode();
                listener.completed(status == null ? 200 : status.value(), body.text());
            }
        }
    }
}
