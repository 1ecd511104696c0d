package io.portcullis.gateway.oauth2;

import io.portcullis.core.client.GrantType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.login.ClientSessionService;
import io.portcullis.core.login.RefreshRequest;
import io.portcullis.core.login.RefreshService;
import io.portcullis.gateway.authentication.OAuth2Paths;
import io.portcullis.gateway.oauth2.ClientRequests.ClientRequest;
import io.portcullis.gateway.problem.OAuth2Error;
import io.portcullis.gateway.problem.OAuth2Exception;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Issues tokens (RFC 6749 section 3.2). The password grant does not exist (RFC 9700 section 2.4). */
@RestController
final class TokenEndpoint {
    private final ClientRequests requests;
    private final RefreshService refreshes;
    private final ClientSessionService clientSessions;
    private final Clock clock;

    TokenEndpoint(ClientRequests requests, RefreshService refreshes, ClientSessionService clientSessions, Clock clock) {
        this.requests = requests;
        this.refreshes = refreshes;
        this.clientSessions = clientSessions;
        this.clock = clock;
    }

    @PostMapping(OAuth2Paths.TOKEN)
    Mono<ResponseEntity<TokenResponse>> issue(ServerWebExchange exchange) {
        return requests.read(exchange)
                .flatMap(this::grant)
                .map(body -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(body));
    }

    private Mono<TokenResponse> grant(ClientRequest request) {
        return switch (grantType(request.form())) {
            case REFRESH_TOKEN -> refresh(request);
            case CLIENT_CREDENTIALS -> openForClient(request);
        };
    }

    private static GrantType grantType(FormParameters form) {
        return GrantType.ofParameter(form.require(FormParameters.GRANT_TYPE))
                .orElseThrow(() -> new OAuth2Exception(
                        OAuth2Error.UNSUPPORTED_GRANT_TYPE,
                        "grant_type (expected: refresh_token or client_credentials)"));
    }

    /** RFC 6749 section 6. */
    private Mono<TokenResponse> refresh(ClientRequest request) {
        String refreshToken = request.form().require(FormParameters.REFRESH_TOKEN);
        var scopes = request.form().scopes();
        return requests.authenticateIfNamed(request)
                .map(client -> requireGrant(client, GrantType.REFRESH_TOKEN))
                .map(client -> Optional.of(client.id()))
                .defaultIfEmpty(Optional.empty())
                .flatMap(clientId ->
                        refreshes.refresh(new RefreshRequest(refreshToken, orNull(clientId), scopes, request.origin())))
                .map(refreshed -> TokenResponse.of(refreshed, clock.instant()));
    }

    private static @Nullable String orNull(Optional<String> text) {
        return text.orElse(null);
    }

    /** RFC 6749 section 4.4. */
    private Mono<TokenResponse> openForClient(ClientRequest request) {
        var scopes = request.form().scopes();
        return requests.authenticate(request)
                .map(client -> requireGrant(client, GrantType.CLIENT_CREDENTIALS))
                .flatMap(client -> clientSessions.open(client, scopes, request.origin()))
                .map(token -> TokenResponse.of(token, clock.instant()));
    }

    private static RegisteredClient requireGrant(RegisteredClient client, GrantType grant) {
        if (!client.mayUse(grant)) {
            throw new OAuth2Exception(
                    OAuth2Error.UNAUTHORIZED_CLIENT, "the client may not use the grant " + grant.parameter());
        }
        return client;
    }
}
