package io.portcullis.gateway.authentication;

import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.token.store.Identity;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/** Tells what a request says about the client, for the session and the audit. */
public final class ClientInfoResolver {
    private final ClientAddressResolver addresses;

    public ClientInfoResolver(ClientAddressResolver addresses) {
        this.addresses = addresses;
    }

    /** The user who asks for something, for the sessions that it ends and the audit. */
    public Actor caller(Identity identity, ServerWebExchange exchange) {
        return new Actor(identity.userId(), resolve(exchange.getRequest()));
    }

    public ClientInfo resolve(ServerHttpRequest request) {
        return resolve(request, null);
    }

    public ClientInfo resolve(ServerHttpRequest request, @Nullable String device) {
        String userAgent = request.getHeaders().getFirst(HttpHeaders.USER_AGENT);
        return new ClientInfo(addresses.resolve(request), userAgent, device, null);
    }
}
