package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Applies back-pressure to a body that is read from one connection and written to another. Requests elements in small batches,
 * and only while the target channel is below its high water mark.
 *
 * <p>Without this class reactor-netty requests 128 elements at once, and keeps what the peer does not accept: close to 1 MB of
 * direct memory for each body.
 *
 * @param <T> the type of the elements
 */
public final class BackpressuredBody<T> extends Flux<T> {
    /**
     * The number of elements that are requested at once. It must not be smaller than the number of elements in a receive
     * buffer: reactor-netty reads on while its own queue has fewer than 32 elements, so that this queue would grow.
     */
    static final int BATCH = 8;

    private final Flux<? extends T> source;
    private final Channel target;
    /**
     * Attaches a task to an element that runs when the element has been consumed. Null if each element counts as consumed
     * on receipt.
     */
    private final @Nullable BiFunction<T, Runnable, T> whenDone;

    private BackpressuredBody(
            Publisher<? extends T> source, Channel target, @Nullable BiFunction<T, Runnable, T> whenDone) {
        this.source = Flux.from(source);
        this.target = target;
        this.whenDone = whenDone;
    }

    /** Emits the elements of {@code source} at the rate at which {@code target} accepts them. */
    public static <T> Flux<T> of(Publisher<? extends T> source, Channel target) {
        return new BackpressuredBody<>(source, target, null);
    }

    /**
     * Emits groups that are written in turn and flushed separately. A group counts as consumed when it has ended, because
     * reactor-netty requests 32 groups but writes one at a time.
     */
    public static <T> Flux<Publisher<? extends T>> ofGroups(
            Publisher<? extends Publisher<? extends T>> groups, Channel target) {
        return new BackpressuredBody<Publisher<? extends T>>(
                groups, target, (group, done) -> Flux.<T>from(group).doOnTerminate(done));
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        source.subscribe(new BackpressureSubscription<T>(actual, target, whenDone));
    }

    private static final class BackpressureSubscription<T> implements CoreSubscriber<T>, Subscription, Runnable {
        @SuppressWarnings("rawtypes")
        private static final AtomicLongFieldUpdater<BackpressureSubscription> DEMAND =
                AtomicLongFieldUpdater.newUpdater(BackpressureSubscription.class, "demand");

        @SuppressWarnings("rawtypes")
        private static final AtomicIntegerFieldUpdater<BackpressureSubscription> UNDERWAY =
                AtomicIntegerFieldUpdater.newUpdater(BackpressureSubscription.class, "underway");

        private final CoreSubscriber<? super T> actual;
        private final Channel target;
        private final @Nullable BiFunction<T, Runnable, T> whenDone;
        private final WritabilityNotifier notifier;
        private @Nullable Subscription source;
        /** The number of elements that the subscriber has requested and this class has not yet requested from the source. */
        private volatile long demand;
        /** The number of elements that have been requested from the source and have not been consumed. */
        private volatile int underway;

        BackpressureSubscription(
                CoreSubscriber<? super T> actual, Channel target, @Nullable BiFunction<T, Runnable, T> whenDone) {
            this.actual = actual;
            this.target = target;
            this.whenDone = whenDone;
            this.notifier = WritabilityNotifier.of(target);
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            source = subscription;
            notifier.setListener(this);
            actual.onSubscribe(this);
        }

        @Override
        public void onNext(T element) {
            if (whenDone == null) {
                actual.onNext(element);
                done();
            } else {
                actual.onNext(whenDone.apply(element, this::done));
            }
        }

        private void done() {
            if (UNDERWAY.decrementAndGet(this) == 0) {
                schedule();
            }
        }

        @Override
        public void onError(Throwable failure) {
            notifier.removeListener(this);
            actual.onError(failure);
        }

        @Override
        public void onComplete() {
            notifier.removeListener(this);
            actual.onComplete();
        }

        @Override
        public void request(long n) {
            Operators.addCap(DEMAND, this, n);
            schedule();
        }

        @Override
        public void cancel() {
            notifier.removeListener(this);
            if (source != null) {
                source.cancel();
            }
        }

        /** Runs {@link #run} on the event loop of the target channel, after the writes that are already queued there. */
        private void schedule() {
            if (target.eventLoop().inEventLoop()) {
                run();
            } else {
                target.eventLoop().execute(this);
            }
        }

        /** Requests the next batch if no batch is under way and the target channel is writable. */
        @Override
        public void run() {
            if (source == null || underway != 0 || demand == 0 || !target.isWritable()) {
                return;
            }
            int batch = (int) Math.min(BATCH, demand);
            UNDERWAY.addAndGet(this, batch);
            Operators.produced(DEMAND, this, batch);
            source.request(batch);
        }
    }
}
