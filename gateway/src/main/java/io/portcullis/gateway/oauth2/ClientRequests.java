package io.portcullis.gateway.oauth2;

import io.portcullis.core.client.ClientAuthenticator;
import io.portcullis.core.client.ClientCredentials;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.problem.OAuth2Error;
import io.portcullis.gateway.problem.OAuth2Exception;
import java.util.Optional;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Reads the requests of clients and authenticates their senders. */
final class ClientRequests {
    private final ClientAuthenticator authenticator;
    private final ClientInfoResolver origins;

    ClientRequests(ClientAuthenticator authenticator, ClientInfoResolver origins) {
        this.authenticator = authenticator;
        this.origins = origins;
    }

    /**
     * A request whose form has been read.
     *
     * @param credentials the client's credentials, not verified; empty if the request has none
     * @param origin the origin of the request
     */
    record ClientRequest(FormParameters form, Optional<ClientCredentials> credentials, ClientInfo origin) {}

    /** Emits the request with its parameters. Errors as {@link FormParameters#read} and {@link PresentedClient#find}. */
    Mono<ClientRequest> read(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        return FormParameters.read(exchange)
                .map(form -> new ClientRequest(
                        form,
                        Optional.ofNullable(PresentedClient.find(request.getHeaders(), form)),
                        origins.resolve(request)));
    }

    /**
     * Emits the client of the request; empty if the request names none. Errors as {@link ClientAuthenticator#authenticate}, which the
     * response names {@code invalid_client}.
     */
    Mono<RegisteredClient> authenticateIfNamed(ClientRequest request) {
        return Mono.justOrEmpty(request.credentials())
                .flatMap(credentials -> authenticator.authenticate(credentials, request.origin()));
    }

    /** Emits the confidential client of the request. Fails with {@code invalid_client} if there is none. */
    Mono<RegisteredClient> authenticate(ClientRequest request) {
        return requireConfidential(authenticateIfNamed(request));
    }

    /** Emits the confidential client of a request that changes nothing, see {@link ClientAuthenticator#authenticateReader}. */
    Mono<RegisteredClient> authenticateReader(ClientRequest request) {
        return requireConfidential(Mono.justOrEmpty(request.credentials())
                .flatMap(credentials -> authenticator.authenticateReader(credentials, request.origin())));
    }

    private static Mono<RegisteredClient> requireConfidential(Mono<RegisteredClient> authenticated) {
        return authenticated
                .switchIfEmpty(Mono.error(() -> invalidClient("client credentials are missing")))
                .filter(RegisteredClient::confidential)
                .switchIfEmpty(Mono.error(() -> invalidClient("a public client cannot authenticate")));
    }

    static OAuth2Exception invalidClient(String description) {
        return new OAuth2Exception(OAuth2Error.INVALID_CLIENT, description);
    }
}
