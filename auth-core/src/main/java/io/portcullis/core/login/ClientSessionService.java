package io.portcullis.core.login;

import io.portcullis.core.client.ClientDirectory;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.SessionOpener.NewSession;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.session.ClientInfo;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Opens the sessions of clients that act for themselves: the grant {@code client_credentials} (RFC 6749 section 4.4). */
public final class ClientSessionService {
    private final ClientDirectory clients;
    private final SessionOpener opener;
    private final AccessTokenPublisher publisher;
    private final Clock clock;

    ClientSessionService(ClientDirectory clients, SessionOpener opener, AccessTokenPublisher publisher, Clock clock) {
        this.clients = clients;
        this.opener = opener;
        this.publisher = publisher;
        this.clock = clock;
    }

    /**
     * Opens a session and emits its access token. Errors: {@code BAD_CREDENTIALS} if the client has changed since it was authenticated;
     * {@code SCOPE_NOT_GRANTED} if it may not have these scopes; {@code UNAVAILABLE} when MySQL failed. Once started, the opening
     * finishes even if the subscriber cancels.
     *
     * @param authenticated the client, which has presented its secret
     * @param requested the scopes of the session; empty for all that the client may have
     */
    public Mono<ClientToken> open(RegisteredClient authenticated, Set<String> requested, ClientInfo origin) {
        return Mono.defer(() -> {
            var newSession = opener.prepare(authenticated, authenticated.grantedScopes(requested), origin, now());
            return BackgroundWork.run(opener.open(newSession, clients.findUnchanged(authenticated))
                    .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.BAD_CREDENTIALS)))
                    .flatMap(this::publish));
        });
    }

    private Mono<ClientToken> publish(NewSession opened) {
        var session = opened.session();
        var access = opened.tokens().access();
        return publisher
                .publish(session, access, now())
                .thenReturn(new ClientToken(session.id(), access, session.scopes()));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
