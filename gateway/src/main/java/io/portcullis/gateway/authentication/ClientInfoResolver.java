package io.portcullis.gateway.authentication;

import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.token.store.Identity;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/** Extracts the client's address and user agent from a request, for the session and the login log. */
public final class ClientInfoResolver {
    private final ClientAddressResolver addresses;

    ClientInfoResolver(ClientAddressResolver addresses) {
        this.addresses = addresses;
    }

    /** Returns the authenticated caller as the actor of the session ends that the request causes, for the login log. */
    public Actor actorOf(Identity identity, ServerWebExchange exchange) {
        return new Actor(identity.userId(), resolve(exchange.getRequest()));
    }

    /** Returns the client of a request that names no device. */
    public ClientInfo resolve(ServerHttpRequest request) {
        return resolve(request, null);
    }

    /** Returns the client of a request, with the device name from the request's body, if any. */
    public ClientInfo resolve(ServerHttpRequest request, @Nullable String device) {
        String userAgent = request.getHeaders().getFirst(HttpHeaders.USER_AGENT);
        return new ClientInfo(addresses.resolve(request), userAgent, device, null);
    }
}
