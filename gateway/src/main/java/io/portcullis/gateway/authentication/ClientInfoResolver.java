package io.portcullis.gateway.authentication;

import io.portcullis.core.session.ClientInfo;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Tells what a request says about the client, for the session and the audit. */
public final class ClientInfoResolver {
    private final ClientAddressResolver addresses;

    public ClientInfoResolver(ClientAddressResolver addresses) {
        this.addresses = addresses;
    }

    public ClientInfo resolve(ServerHttpRequest request) {
        return resolve(request, null);
    }

    public ClientInfo resolve(ServerHttpRequest request, @Nullable String device) {
        String userAgent = request.getHeaders().getFirst(HttpHeaders.USER_AGENT);
        return new ClientInfo(addresses.resolve(request), userAgent, device, null);
    }
}
