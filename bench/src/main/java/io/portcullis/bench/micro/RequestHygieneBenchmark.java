package io.portcullis.bench.micro;

import io.portcullis.gateway.authentication.RequestHygieneWebFilter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Measures the path check and the header cleaning, for a usual request and for a request with forged identity headers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestHygieneBenchmark {
    private final RequestHygieneWebFilter filter = new RequestHygieneWebFilter();
    private final MockServerWebExchange usual = exchange("X-Request-Id", "7f3a");
    private final MockServerWebExchange claiming = exchange("X_User_Id", "1");

    private static MockServerWebExchange exchange(String header, String value) {
        return MockServerWebExchange.from(MockServerHttpRequest.get("/api/orders/17?page=2")
                .header("Host", "shop.example")
                .header("Accept", "application/json")
                .header("Accept-Language", "en")
                .header("User-Agent", "Mozilla/5.0")
                .header("Authorization", "Bearer pca_0123456789")
                .header(header, value));
    }

    /** Processes a request without identity headers. */
    @Benchmark
    public void usual(Blackhole blackhole) {
        run(usual, blackhole);
    }

    /** Processes a request with forged identity headers. */
    @Benchmark
    public void claiming(Blackhole blackhole) {
        run(claiming, blackhole);
    }

    private void run(MockServerWebExchange exchange, Blackhole blackhole) {
        WebFilterChain chain = cleaned -> {
            blackhole.consume(cleaned);
            return Mono.empty();
        };
        filter.filter(exchange, chain).block();
    }
}
