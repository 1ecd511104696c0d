package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.EchoEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

/** Proves that a blocking call on an event loop fails this module's tests; an allow-list that is too broad would hide it. */
class BlockHoundTests {
    @Test
    void lineWhenWrittenOnEventLoopThenError(@TempDir Path folder) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        EchoEncoder<ILoggingEvent> lines = new EchoEncoder<>();
        lines.setContext(context);
        FileAppender<ILoggingEvent> file = new FileAppender<>();
        file.setContext(context);
        file.setEncoder(lines);
        file.setFile(folder.resolve("log").toString());
        file.start();
        context.getLogger("ROOT").addAppender(file);

        assertThat(logged(context)).isInstanceOf(BlockingOperationError.class);
    }

    @Test
    void lineWhenLoggedAsTheGatewayDoesThenNoError() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

        assertThat(logged(context)).isNull();
    }

    private static @Nullable Throwable logged(LoggerContext context) {
        LoopResources loops = LoopResources.create("hound", 1, true);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Mono.fromRunnable(() -> context.getLogger(BlockHoundTests.class).warn("a line of a test"))
                .subscribeOn(Schedulers.fromExecutor(loops.onServer(false)))
                .doOnError(failure::set)
                .doFinally(signal -> loops.dispose())
                .onErrorComplete()
                .block(Duration.ofSeconds(5));
        return failure.get();
    }

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
