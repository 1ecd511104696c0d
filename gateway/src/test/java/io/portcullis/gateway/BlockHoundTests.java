package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

/** Proves that a blocking call on an event loop fails this module's tests; an allow-list that is too broad would hide it. */
class BlockHoundTests {
    @Test
    void sleepWhenOnEventLoopThenError() {
        LoopResources loops = LoopResources.create("hound", 1, true);
        Mono<String> blocking = Mono.fromCallable(() -> {
                    Thread.sleep(1);
                    return "slept";
                })
                .subscribeOn(Schedulers.fromExecutor(loops.onServer(false)))
                .doFinally(signal -> loops.dispose());

        StepVerifier.create(blocking)
                .expectErrorSatisfies(e -> assertThat(e).isInstanceOf(BlockingOperationError.class))
                .verify(Duration.ofSeconds(5));
    }
}
