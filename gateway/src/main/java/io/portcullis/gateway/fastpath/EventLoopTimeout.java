package io.portcullis.gateway.fastpath;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Emits the result of the source, or fails with a {@link TimeoutException} after the limit. The timer runs on the event loop.
 * Reactor's {@code timeout} operator uses a scheduler of its own: it takes a lock and wakes a thread for each request.
 */
final class EventLoopTimeout<T> extends Mono<T> {
    private final Mono<T> source;
    private final Duration limit;
    private final EventExecutor loop;
    private final Consumer<? super T> onLateValue;

    /**
     * @param onLateValue receives a value that the source emits after the timeout or after a cancellation, to release its
     *     resources
     */
    EventLoopTimeout(Mono<T> source, Duration limit, EventExecutor loop, Consumer<? super T> onLateValue) {
        this.source = source;
        this.limit = limit;
        this.loop = loop;
        this.onLateValue = onLateValue;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        var waiting = new TimeoutSubscriber<T>(actual, limit, onLateValue);
        waiting.timer = loop.schedule(waiting, limit.toNanos(), TimeUnit.NANOSECONDS);
        source.subscribe(waiting);
    }

    /**
     * Passes on the first of these signals: the result of the source, the timeout, or the cancellation. Ignores all later
     * ones.
     */
    private static final class TimeoutSubscriber<T> extends AtomicBoolean
            implements CoreSubscriber<T>, Subscription, Runnable {
        private static final long serialVersionUID = 1;

        private final transient CoreSubscriber<? super T> actual;
        private final Duration limit;
        private final transient Consumer<? super T> onLateValue;
        private transient volatile Subscription upstream = Operators.emptySubscription();
        private transient @Nullable Future<?> timer;

        TimeoutSubscriber(CoreSubscriber<? super T> actual, Duration limit, Consumer<? super T> onLateValue) {
            this.actual = actual;
            this.limit = limit;
            this.onLateValue = onLateValue;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            actual.onSubscribe(this);
        }

        @Override
        public void onNext(T value) {
            if (end()) {
                actual.onNext(value);
                actual.onComplete();
            } else {
                onLateValue.accept(value);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (end()) {
                actual.onError(failure);
            } else {
                Operators.onErrorDropped(failure, currentContext());
            }
        }

        @Override
        public void onComplete() {
            if (end()) {
                actual.onComplete();
            }
        }

        private boolean end() {
            boolean first = compareAndSet(false, true);
            if (first && timer != null) {
                boolean unused = timer.cancel(false);
            }
            return first;
        }

        @Override
        public void run() {
            if (compareAndSet(false, true)) {
                upstream.cancel();
                actual.onError(new TimeoutException("no response within " + limit.toMillis() + " ms"));
            }
        }

        @Override
        public void request(long n) {
            upstream.request(n);
        }

        @Override
        public void cancel() {
            if (end()) {
                upstream.cancel();
            }
        }
    }
}
