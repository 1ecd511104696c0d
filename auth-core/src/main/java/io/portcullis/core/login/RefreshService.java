package io.portcullis.core.login;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.RefreshTokenRotation.Attempt;
import io.portcullis.core.login.RotationResult.Refused;
import io.portcullis.core.login.RotationResult.Replayed;
import io.portcullis.core.login.RotationResult.Rotated;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.resilience.SingleFlight;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.Session;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenPair;
import io.portcullis.core.token.TokenVerification;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Exchanges a refresh token for a new pair (docs/design.md section 6; RFC 6749 section 6). */
public final class RefreshService {
    private final TokenCodec codec;
    private final TokenSessions sessions;
    private final RefreshTokenRotation rotation;
    private final SessionTerminator terminator;
    private final AccessTokenPublisher publisher;
    private final Supplier<String> ids;
    private final Clock clock;
    /**
     * Shares one transaction between concurrent calls with the same token, as of browser tabs that wake up together.
     * Otherwise each call would wait for the row lock with a connection of its own.
     */
    private final SingleFlight<LoginResult> calls = new SingleFlight<>();

    RefreshService(
            TokenCodec codec,
            TokenSessions sessions,
            RefreshTokenRotation rotation,
            SessionTerminator terminator,
            AccessTokenPublisher publisher,
            Supplier<String> ids,
            Clock clock) {
        this.codec = codec;
        this.sessions = sessions;
        this.rotation = rotation;
        this.terminator = terminator;
        this.publisher = publisher;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Emits the successor pair. Within the grace window every call with the same token gets the same pair.
     *
     * <p>Errors with status 401: {@code REFRESH_TOKEN_INVALID}, {@code REFRESH_TOKEN_EXPIRED}, or the reason for the
     * end of the session. {@code TOO_MANY_REQUESTS} when too many tokens under unknown keys are presented.
     * {@code UNAVAILABLE} when MySQL failed: the outcome is then unknown, and the same token may
     * be presented again. Once started, a refresh finishes even if the subscriber cancels.
     */
    public Mono<LoginResult> refresh(String refreshToken, ClientInfo client) {
        return Mono.defer(() -> {
            var verification = codec.verify(TokenKind.REFRESH, refreshToken);
            if (verification instanceof TokenVerification.Genuine genuine) {
                Token token = genuine.token();
                return BackgroundWork.run(calls.join(token.digest(), exchange(token, client)));
            }
            if (verification instanceof TokenVerification.UnknownKey unknown) {
                Token token = unknown.claimed();
                return BackgroundWork.run(calls.join(token.digest(), exchangeUnknown(token, client)));
            }
            return Mono.error(PortcullisException.of(
                    verification instanceof TokenVerification.Expired
                            ? ErrorCode.REFRESH_TOKEN_EXPIRED
                            : ErrorCode.REFRESH_TOKEN_INVALID));
        });
    }

    private Mono<LoginResult> exchange(Token presented, ClientInfo client) {
        return exchange(presented, sessions.of(presented), client);
    }

    /**
     * Exchanges a token that another node may have issued under a key that this node lacks. MySQL decides whether the
     * token exists.
     */
    private Mono<LoginResult> exchangeUnknown(Token claimed, ClientInfo client) {
        return exchange(
                claimed,
                sessions.byDigest(claimed).filter(sessionId -> clock.instant().isBefore(claimed.expiresAt())),
                client);
    }

    private Mono<LoginResult> exchange(Token presented, Mono<String> session, ClientInfo client) {
        var attempt = new Attempt(presented, client, ids.get());
        return session.switchIfEmpty(Mono.error(PortcullisException.of(ErrorCode.REFRESH_TOKEN_INVALID)))
                .flatMap(sessionId -> terminator.inTransaction(rotation.rotate(sessionId, attempt)))
                .flatMap(this::toLoginResult);
    }

    private Mono<LoginResult> toLoginResult(RotationResult result) {
        if (result instanceof Rotated rotated) {
            return publisher
                    .supersede(rotated.superseded(), rotated.at())
                    .then(publish(rotated.session(), rotated.tokens()));
        }
        if (result instanceof Replayed replayed) {
            return publish(replayed.session(), replayed.tokens());
        }
        return Mono.error(PortcullisException.of(((Refused) result).errorCode()));
    }

    private Mono<LoginResult> publish(Session session, TokenPair pair) {
        return publisher
                .publish(session, pair.access(), now())
                .thenReturn(new LoginResult(session.userId(), session.id(), pair));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
