package io.portcullis.gateway.fastpath;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import reactor.core.publisher.Mono;

/** The routes as they are now. */
final class RouteTable implements Supplier<FastRoutes> {
    private static final Logger log = LoggerFactory.getLogger(RouteTable.class);

    private final RouteLocator locator;
    private final RouteDefinitionLocator definitions;
    private final FastRouteCompiler compiler;
    private volatile FastRoutes current = FastRoutes.NONE;

    RouteTable(GatewayParts gateway) {
        this.locator = gateway.routes();
        this.definitions = gateway.definitions();
        this.compiler = new FastRouteCompiler(gateway);
    }

    @Override
    public FastRoutes get() {
        return current;
    }

    /** Lets all requests take the long way until {@link #load} has read the routes anew. */
    void forget() {
        current = FastRoutes.NONE;
    }

    /** Reads the routes. */
    Mono<Void> load() {
        return Mono.zip(
                        locator.getRoutes().collectList(),
                        definitions.getRouteDefinitions().collectList())
                .map(both -> compiler.compile(both.getT1(), both.getT2()))
                .doOnNext(this::use)
                .then();
    }

    private void use(FastRoutes routes) {
        current = routes;
        log.info("{} of {} routes take the short way", routes.fastCount(), routes.count());
    }
}
