package io.portcullis.gateway.logging;

import org.reactivestreams.Subscription;
import org.springframework.beans.factory.DisposableBean;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Sets the {@link LogContext} around each signal of a reactive chain whose context has it under {@link #KEY}. The chain may change its thread.
 * The hook concerns each chain of the process while it is installed, and adds a call to each signal; so it is installed only for structured
 * logs.
 */
public final class LogContextHook implements DisposableBean {
    /** The key of the {@link LogContext.Fields} in the context of a reactive chain. */
    public static final String KEY = "io.portcullis.log";

    /** Installs the hook, until {@link #destroy}. */
    public LogContextHook() {
        Hooks.onEachOperator(KEY, Operators.lift((scannable, subscriber) -> lift(subscriber)));
    }

    private static <T> CoreSubscriber<? super T> lift(CoreSubscriber<? super T> subscriber) {
        return subscriber.currentContext().hasKey(KEY)
                ? new Restoring<T>(subscriber, subscriber.currentContext().get(KEY))
                : subscriber;
    }

    @Override
    public void destroy() {
        Hooks.resetOnEachOperator(KEY);
    }

    /** Passes each signal on with the fields of its chain. */
    private record Restoring<T>(CoreSubscriber<? super T> actual, LogContext.Fields fields)
            implements CoreSubscriber<T> {
        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            LogContext.run(fields, () -> actual.onSubscribe(subscription));
        }

        @Override
        public void onNext(T value) {
            LogContext.run(fields, () -> actual.onNext(value));
        }

        @Override
        public void onError(Throwable failure) {
            LogContext.run(fields, () -> actual.onError(failure));
        }

        @Override
        public void onComplete() {
            LogContext.run(fields, actual::onComplete);
        }
    }
}
