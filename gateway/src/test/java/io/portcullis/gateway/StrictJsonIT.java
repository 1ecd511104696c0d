package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.rewrite.ModifyRequestBodyGatewayFilterFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Tests that the gateway's own endpoints read JSON strictly, and that filters of routes read it as Spring does. */
@Tag("database-independent")
class StrictJsonIT {
    private static final GatewayNode node = GatewayNode.shared();

    record Order(String name) {}

    /** A lenient endpoint takes the last value and answers 401. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "/system/auth/refresh-token | {'refreshToken':'a','refreshToken':'b'}",
                "/system/auth/refresh-token | {'refreshToken':1}"
            })
    void endpointWhenItsBodyIsAmbiguousThenBadRequest(String path, String body) throws Exception {
        HttpResponse<String> response = GatewayNode.send(HttpRequest.newBuilder(node.uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));

        assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(400);
    }

    @Test
    void filterOfARouteWhenABodyIsAmbiguousThenReadsItAsSpringDoes() {
        AtomicReference<String> sent = new AtomicReference<>();
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.post("/orders")
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"name\":1,\"name\":2}"));
        GatewayFilter filter = node.bean(ModifyRequestBodyGatewayFilterFactory.class)
                .apply(config -> config.setRewriteFunction(
                        Order.class,
                        String.class,
                        (any, order) -> Mono.just(
                                "order " + Objects.requireNonNull(order).name())));

        StepVerifier.create(filter.filter(
                        exchange, changed -> bodyOf(changed).doOnNext(sent::set).then()))
                .verifyComplete();

        assertThat(sent).hasValue("order 2");
    }

    private static Mono<String> bodyOf(ServerWebExchange exchange) {
        return DataBufferUtils.join(exchange.getRequest().getBody()).map(buffer -> {
            String text = buffer.toString(UTF_8);
            DataBufferUtils.release(buffer);
            return text;
        });
    }
}
