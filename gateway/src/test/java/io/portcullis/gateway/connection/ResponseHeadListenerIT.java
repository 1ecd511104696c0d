package io.portcullis.gateway.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

@Timeout(60)
class ResponseHeadListenerIT {
    /**
     * Of the actions before the commit the first ends on another thread while the event loop is still busy with the last. That thread then begins
     * the action that adds the listener, and the event loop writes the head.
     */
    @Test
    void headWhenAnActionBeforeTheCommitEndsOnAnotherThreadThenTheTaskRuns() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        HttpHandler handler = (request, response) -> {
            response.beforeCommit(() -> Mono.delay(Duration.ofMillis(1)).then());
            ResponseHeadListener.onWritten(response, written::countDown);
            response.beforeCommit(ResponseHeadListenerIT::occupied);
            return write(response);
        };
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .handle(new ReactorHttpHandlerAdapter(handler))
                .bindNow();
        try {
            var response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port()))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(written.await(20, TimeUnit.SECONDS))
                    .as("the task has run")
                    .isTrue();
        } finally {
            server.disposeNow();
        }
    }

    /** Keeps the processor, as a thread that is not scheduled. */
    private static Mono<Void> occupied() {
        long begin = System.nanoTime();
        long now = begin;
        while (now - begin < Duration.ofMillis(200).toNanos()) {
            now = System.nanoTime();
        }
        return Mono.empty();
    }

    private static Mono<Void> write(ServerHttpResponse response) {
        return response.writeWith(Mono.just(response.bufferFactory().wrap("ok".getBytes(UTF_8))));
    }
}
