package io.portcullis.core.reactive;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs work for each of several inputs, one after the other, and goes on after a failure. Replaces Reactor's {@code
 * concatMapDelayError}, which passes failures to the hook for dropped errors, and emits several failures as one composite exception.
 */
public final class EachInTurn {
    private EachInTurn() {}

    /**
     * Emits what the work emits. When the work for all inputs has ended, ends with the first failure of the work, or that of the inputs if
     * there was none.
     */
    public static <T, R> Flux<R> run(Flux<T> inputs, Function<T, Mono<R>> work) {
        return Flux.defer(() -> {
            AtomicReference<@Nullable Throwable> workFailure = new AtomicReference<>();
            AtomicReference<@Nullable Throwable> inputFailure = new AtomicReference<>();
            return inputs.onErrorResume(failure -> recordFirst(inputFailure, failure))
                    .concatMap(input -> Mono.defer(() -> work.apply(input))
                            .onErrorResume(failure -> recordFirst(workFailure, failure)))
                    .concatWith(Mono.defer(() -> failure(workFailure.get(), inputFailure.get())));
        });
    }

    private static <T> Mono<T> recordFirst(AtomicReference<@Nullable Throwable> first, Throwable failure) {
        first.compareAndSet(null, failure);
        return Mono.empty();
    }

    private static <T> Mono<T> failure(@Nullable Throwable workFailure, @Nullable Throwable inputFailure) {
        Throwable failure = workFailure == null ? inputFailure : workFailure;
        return failure == null ? Mono.empty() : Mono.error(failure);
    }
}
