package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.EventExecutor;
import io.portcullis.core.token.store.AccessTokenCache;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import reactor.util.retry.Retry;

/** Tests that a request continues on its own event loop after the token check. */
class CheckOnLoopIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static Mono<Boolean> staysOn(EventExecutor loop, AccessTokenCache store) {
        return store.find("nobody's")
                .then(Mono.fromSupplier(loop::inEventLoop))
                .subscribeOn(Schedulers.fromExecutor(loop))
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20)));
    }

    @Test
    void findWhenOnALoopOfTheServerThenGoesOnThere() {
        GatewayNode node = GatewayNode.shared();
        AccessTokenCache store = node.bean(AccessTokenCache.class);

        node.bean(ReactorResourceFactory.class)
                .getLoopResources()
                .onServer(LoopResources.DEFAULT_NATIVE)
                .forEach(loop -> assertThat(staysOn(loop, store).block(LIMIT)).isTrue());
    }
}
