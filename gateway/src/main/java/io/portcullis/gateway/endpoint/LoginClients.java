package io.portcullis.gateway.endpoint;

import io.portcullis.core.client.ClientAuthenticator;
import io.portcullis.core.client.ClientCredentials;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.LoginClient;
import io.portcullis.core.session.ClientInfo;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Authenticates the OAuth 2 client that a login names (docs/oauth2.md). */
final class LoginClients {
    private final ClientAuthenticator authenticator;

    LoginClients(ClientAuthenticator authenticator) {
        this.authenticator = authenticator;
    }

    /**
     * Emits the client of a login, empty inside if it names none. Errors: {@code CLIENT_REFUSED}; {@code SCOPE_NOT_GRANTED};
     * {@code BAD_REQUEST} if the client keeps a secret and the tokens are in cookies alone, which a browser refreshes without it;
     * {@code TOO_MANY_LOGIN_ATTEMPTS} after too many wrong secrets; {@code UNAVAILABLE} when MySQL failed.
     *
     * @param receivesTokens whether the response has the tokens in its body
     */
    Mono<Optional<LoginClient>> find(LoginBody body, ClientInfo origin, boolean receivesTokens) {
        if (body.clientId() == null) {
            return Mono.just(Optional.empty());
        }
        List<String> secrets = body.clientSecret() == null ? List.of() : List.of(body.clientSecret());
        return authenticator
                .authenticate(new ClientCredentials(body.clientId(), secrets), origin)
                .onErrorMap(LoginClients::isRefusal, refusal -> PortcullisException.of(ErrorCode.CLIENT_REFUSED))
                .doOnNext(client -> requireUsable(client, receivesTokens))
                .map(client -> Optional.of(LoginClient.of(client, body.scopes())));
    }

    private static boolean isRefusal(Throwable error) {
        return error instanceof PortcullisException refusal && refusal.code() == ErrorCode.BAD_CREDENTIALS;
    }

    private static void requireUsable(RegisteredClient client, boolean receivesTokens) {
        if (client.confidential() && !receivesTokens) {
            throw RequestFields.invalidField("clientId", "a public client, where the tokens are in cookies alone");
        }
    }
}
