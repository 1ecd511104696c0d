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
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.util.context.Context;

/**
 * A body that is read from one connection only as fast as another connection takes it. Elements are requested in small batches,
 * and only while the channel that they are written to is below its high water mark.
 *
 * <p>Without this, reactor-netty requests 128 elements at once and holds what the peer does not take: close to 1 MB of direct memory.
 *
 * @param <T> the type of the elements
 */
public final class BackpressuredBody<T> extends Flux<T> {
    /**
     * How many elements are requested at once. A smaller number than a receive buffer has elements would let reactor-netty's own
     * queue grow, because it goes on reading while that queue has fewer than 32.
     */
    static final int BATCH = 8;

    private final Flux<? extends T> source;
    private final Channel target;
    /** Attaches a task to an element that runs when the element has been used up; null if each is written when it is received. */
    private final @Nullable BiFunction<T, Runnable, T> whenDone;

    private BackpressuredBody(
            Publisher<? extends T> source, Channel target, @Nullable BiFunction<T, Runnable, T> whenDone) {
        this.source = Flux.from(source);
        this.target = target;
        this.whenDone = whenDone;
    }

    /** The elements of {@code source} at the pace of the channel that they are written to. */
    public static <T> Flux<T> of(Publisher<? extends T> source, Channel target) {
        return new BackpressuredBody<>(source, target, null);
    }

    /**
     * Groups that are written one after the other, each flushed. A group counts as received when it has ended, because the
     * library requests 32 of them and writes one.
     */
    public static <T> Flux<Publisher<? extends T>> ofGroups(
            Publisher<? extends Publisher<? extends T>> groups, Channel target) {
        return new BackpressuredBody<Publisher<? extends T>>(
                groups, target, (group, done) -> Flux.<T>from(group).doOnTerminate(done));
    }

    /** The elements of {@code source} at the pace of the connection that {@code target} writes to. */
    public static <T> Flux<T> of(Publisher<? extends T> source, NettyOutbound target) {
        return of(source, channelOf(target));
    }

    private static Channel channelOf(NettyOutbound target) {
        Connection[] found = new Connection[1];
        target.withConnection(connection -> found[0] = connection);
        return found[0].channel();
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
        /** What the subscriber has requested, and the source has not been asked for. */
        private volatile long demand;
        /** What the source has been asked for, and has not sent. */
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
            notifier.listen(this);
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
            notifier.forget(this);
            actual.onError(failure);
        }

        @Override
        public void onComplete() {
            notifier.forget(this);
            actual.onComplete();
        }

        @Override
        public void request(long n) {
            Operators.addCap(DEMAND, this, n);
            schedule();
        }

        @Override
        public void cancel() {
            notifier.forget(this);
            if (source != null) {
                source.cancel();
            }
        }

        /** On the channel's event loop, where the elements before this moment have been written. */
        private void schedule() {
            if (target.eventLoop().inEventLoop()) {
                run();
            } else {
                target.eventLoop().execute(this);
            }
        }

        /** Asks for the next batch, unless one is under way. */
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
