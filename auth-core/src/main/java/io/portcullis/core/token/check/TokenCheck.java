package io.portcullis.core.token.check;

import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Decides whether an access token passes, and for which identity. */
@FunctionalInterface
public interface TokenCheck {
    /**
     * Checks the token, and calls exactly one method of the listener, once, on any thread. The usual check of a proxied request takes this
     * form, which creates no Reactor operators. A token that passes is recorded as used. Errors: {@code ACCESS_TOKEN_INVALID},
     * {@code ACCESS_TOKEN_EXPIRED}, the code of a {@link RevocationReason}, or {@code UNAVAILABLE} if no store could decide.
     *
     * @param clientAddress supplies the address that the token is used from, without a port. Called only if the token passes
     * @return cancels the check: the listener is not called any more, and a look-up in MySQL ends
     */
    Disposable authenticate(String accessToken, Supplier<String> clientAddress, TokenCheckListener listener);

    /**
     * Emits the identity for which the token passes; never empty. Errors as {@link #authenticate(String, Supplier, TokenCheckListener)}.
     */
    default Mono<Identity> authenticate(String accessToken, Supplier<String> clientAddress) {
        return TokenCheckListener.emit(listener -> authenticate(accessToken, clientAddress, listener));
    }
}
