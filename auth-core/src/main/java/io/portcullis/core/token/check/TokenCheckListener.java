package io.portcullis.core.token.check;

import io.portcullis.core.token.store.Identity;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Receives the outcome of a check. */
public interface TokenCheckListener {
    /** The token passes for this identity. */
    void passed(Identity identity);

    /** The token does not pass. Errors as {@link TokenCheck#authenticate(String, Supplier)}. */
    void failed(Throwable failure);

    /** Emits the outcome of a check that is started with the subscription, and cancelled with it. */
    static Mono<Identity> emit(Function<TokenCheckListener, Disposable> check) {
        return Mono.create(sink -> sink.onDispose(check.apply(new TokenCheckListener() {
            @Override
            public void passed(Identity identity) {
                sink.success(identity);
            }

            @Override
            public void failed(Throwable failure) {
                sink.error(failure);
            }
        })));
    }
}
