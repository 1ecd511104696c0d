package io.portcullis.gateway.oauth2;

import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.LogoutService;
import io.portcullis.gateway.authentication.OAuth2Paths;
import io.portcullis.gateway.endpoint.PresentedTokens;
import io.portcullis.gateway.oauth2.ClientRequests.ClientRequest;
import io.portcullis.gateway.problem.OAuth2Error;
import io.portcullis.gateway.problem.OAuth2Exception;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Revokes tokens (RFC 7009): ends the session of the token, exactly as a logout does. */
@RestController
final class RevocationEndpoint {
    private final ClientRequests requests;
    private final LogoutService logouts;

    RevocationEndpoint(ClientRequests requests, LogoutService logouts) {
        this.requests = requests;
        this.logouts = logouts;
    }

    /**
     * Answers 200 when no token of the session passes any more, also if the text is no token (section 2.2). Finds a token in the text as a
     * logout does: after a 200 nobody may go on with it. {@code token_type_hint} is not needed, because a token tells its type.
     */
    @PostMapping(OAuth2Paths.REVOKE)
    Mono<ResponseEntity<Void>> revoke(ServerWebExchange exchange) {
        return requests.read(exchange)
                .flatMap(this::revoke)
                .then(Mono.fromSupplier(() -> ResponseEntity.ok().build()));
    }

    private Mono<Void> revoke(ClientRequest request) {
        List<String> tokens = PresentedTokens.in(request.form().require(FormParameters.TOKEN), logouts.knowsImported());
        return requests.authenticateIfNamed(request)
                .map(RegisteredClient::id)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(clientId -> Flux.fromIterable(tokens)
                        .concatMap(token -> logouts.revoke(token, orNull(clientId), request.origin()))
                        .then()
                        .onErrorMap(RevocationEndpoint::isOfAnotherClient, e -> refusal(clientId)));
    }

    private static @Nullable String orNull(Optional<String> text) {
        return text.orElse(null);
    }

    private static boolean isOfAnotherClient(Throwable failure) {
        return failure instanceof PortcullisException known && known.code() == ErrorCode.FORBIDDEN;
    }

    /** Refuses the token of another client (section 2.1). */
    private static OAuth2Exception refusal(Optional<String> clientId) {
        return clientId.isEmpty()
                ? ClientRequests.invalidClient("the token was issued to a client, which has to authenticate")
                : new OAuth2Exception(OAuth2Error.INVALID_GRANT, "the token was issued to another client");
    }
}
