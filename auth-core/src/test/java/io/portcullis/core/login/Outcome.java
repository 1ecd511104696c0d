package io.portcullis.core.login;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The outcome of a call: a value, null if the call was empty, or an error code. Any other error fails the test. */
record Outcome<T>(@Nullable T value, @Nullable ErrorCode error) {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    static <T> Outcome<T> of(Mono<T> call) {
        return Objects.requireNonNull(later(call).block(LIMIT));
    }

    static <T> Mono<Outcome<T>> later(Mono<T> call) {
        return call.map(value -> new Outcome<>(value, null))
                .defaultIfEmpty(new Outcome<>(null, null))
                .onErrorResume(PortcullisException.class, e -> Mono.just(new Outcome<>(null, e.code())));
    }

    boolean succeeded() {
        return error == null;
    }

    T get() {
        if (value == null) {
            throw new AssertionError("no value, but " + error);
        }
        return value;
    }
}
