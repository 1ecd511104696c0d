package io.portcullis.core.login;

import io.portcullis.core.client.ClientDirectory;
import io.portcullis.core.client.GrantType;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenVerification;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.TokenGrant;
import io.portcullis.core.token.store.TokenRepository;
import java.time.Clock;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** Tells whether a token is active, and what it stands for (RFC 7662). */
public final class IntrospectionService {
    private final TokenCodec codec;
    private final AccessTokenAuthenticator check;
    private final TokenSessions tokenSessions;
    private final SessionRepository sessions;
    private final ClientDirectory clients;
    private final Clock clock;

    /** Creates a service. */
    public IntrospectionService(
            TokenCodec codec,
            AccessTokenAuthenticator check,
            TokenRepository tokens,
            SessionRepository sessions,
            ClientDirectory clients,
            Clock clock) {
        this.codec = codec;
        this.check = check;
        this.tokenSessions = new TokenSessions(tokens);
        this.sessions = sessions;
        this.clients = clients;
        this.clock = clock;
    }

    /**
     * Emits the token if it is active; otherwise empty. An access token is active if it passes the check of a proxied request, which
     * decides as for a request, in degraded mode too. A refresh token is active if it is the live one of its session, and the client of the
     * session, if it has one, may still refresh; one that has been spent is not active, although it may be within its grace window. Does not count as a use of the token. Fails with {@code UNAVAILABLE} if
     * no store could decide.
     */
    public Mono<ActiveToken> find(String presented) {
        return Mono.justOrEmpty(codec.kindOf(presented)).flatMap(kind -> switch (kind) {
            case ACCESS -> access(presented);
            case REFRESH -> refresh(presented);
            case TICKET -> Mono.empty();
        });
    }

    private Mono<ActiveToken> access(String presented) {
        return check.introspect(presented)
                .map(identity -> new ActiveToken(TokenKind.ACCESS, identity))
                .onErrorResume(IntrospectionService::isRefusal, refused -> Mono.empty());
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof PortcullisException known
                && known.code() != ErrorCode.UNAVAILABLE
                && known.retryAfter().isEmpty();
    }

    private Mono<ActiveToken> refresh(String presented) {
        var verification = codec.verify(TokenKind.REFRESH, presented);
        if (verification instanceof TokenVerification.Genuine genuine) {
            return refresh(genuine.token(), tokenSessions.of(genuine.token()));
        }
        if (verification instanceof TokenVerification.UnknownKey unknown) {
            Token claimed = unknown.claimed();
            return refresh(claimed, tokenSessions.byDigest(claimed))
                    .filter(token -> clock.instant().isBefore(claimed.expiresAt()));
        }
        return Mono.empty();
    }

    /** Reads the session after the token, so that the end of the session is seen whichever read it precedes. */
    private Mono<ActiveToken> refresh(Token token, Mono<String> sessionId) {
        return sessionId
                .filterWhen(id -> tokenSessions.isLive(id, token))
                .flatMap(sessions::findById)
                .filter(session -> session.live(clock.instant()))
                .filterWhen(this::clientMayRefresh)
                .map(session -> new ActiveToken(TokenKind.REFRESH, identity(session, token)));
    }

    private Mono<Boolean> clientMayRefresh(Session session) {
        String clientId = session.client().clientId();
        return clientId == null
                ? Mono.just(true)
                : clients.find(clientId)
                        .map(client -> client.mayUse(GrantType.REFRESH_TOKEN))
                        .defaultIfEmpty(false);
    }

    private static Identity identity(Session session, Token token) {
        return Identity.of(
                session, new TokenGrant(session.client().clientId(), session.scopes(), null, token.expiresAt()));
    }

    /** An active token. The grant of its identity has its expiry. */
    public record ActiveToken(TokenKind kind, Identity identity) {
        public ActiveToken {
            Objects.requireNonNull(identity.grant().expiresAt(), "expiresAt");
        }
    }
}
