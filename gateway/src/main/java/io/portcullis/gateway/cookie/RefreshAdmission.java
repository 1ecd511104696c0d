package io.portcullis.gateway.cookie;

import io.portcullis.core.login.SilentRefresh;
import io.portcullis.core.session.ClientInfo;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Limits the silent refreshes that the clients of one address may have in flight on this node. */
@FunctionalInterface
public interface RefreshAdmission {
    /**
     * Runs the refresh, and emits its outcome. Fails with {@code TOO_MANY_CALLS}, without starting it, if the clients of that address
     * have too many in flight.
     */
    Mono<SilentRefresh> admit(ClientInfo client, Supplier<Mono<SilentRefresh>> refresh);
}
