package io.portcullis.core.login;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.RotationResult.Refused;
import io.portcullis.core.login.RotationResult.Replayed;
import io.portcullis.core.login.RotationResult.Rotated;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.resilience.ConcurrencyLimit;
import io.portcullis.core.resilience.SingleFlight;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.Session;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenLifetimes;
import io.portcullis.core.token.TokenPair;
import io.portcullis.core.token.TokenVerification;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Exchanges a refresh token for a new pair (docs/design.md section 6; RFC 6749 section 6). */
public final class RefreshService {
    private final TokenCodec codec;
    private final TokenSessions sessions;
    private final RefreshTokenRotation rotation;
    private final SessionTerminator terminator;
    private final AccessTokenPublisher publisher;
    private final TokenLifetimes lifetimes;
    private final Supplier<String> ids;
    private final Clock clock;
    private final DeliveryRecorder deliveries;
    private final ConcurrencyLimit limit;
    private final RefreshCounters counters = new RefreshCounters();
    /**
     * Shares one transaction between concurrent calls with the same token, as of browser tabs that wake up together, and runs one
     * transaction of a session at a time. Otherwise each call would wait for the row lock with a connection of its own.
     */
    private final SingleFlight<SilentRefresh> calls = new SingleFlight<>();

    RefreshService(
            TokenCodec codec,
            TokenSessions sessions,
            RefreshTokenRotation rotation,
            SessionTerminator terminator,
            AccessTokenPublisher publisher,
            DeliveryRecorder deliveries,
            RefreshLimits limits,
            TokenLifetimes lifetimes,
            Supplier<String> ids,
            Clock clock) {
        this.codec = codec;
        this.sessions = sessions;
        this.rotation = rotation;
        this.terminator = terminator;
        this.publisher = publisher;
        this.deliveries = deliveries;
        this.limit = limits.create();
        this.lifetimes = lifetimes;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Emits the successor pair. Within the grace window every call with the same token gets the same pair.
     *
     * <p>Errors with status 401: {@code REFRESH_TOKEN_INVALID}, {@code REFRESH_TOKEN_EXPIRED}, or the reason for the
     * end of the session. {@code TOO_MANY_REQUESTS} when too many tokens under unknown keys are presented.
     * {@code UNAVAILABLE} when MySQL failed: the outcome is then unknown, and the same token may
     * be presented again; also when more refreshes wait than {@link RefreshLimits} allows. Once started, a refresh finishes even
     * if the subscriber cancels.
     */
    public Mono<LoginResult> refresh(String refreshToken, ClientInfo client) {
        return refresh(new RefreshRequest(refreshToken, null, Set.of(), client));
    }

    /**
     * Emits the successor pair for a client (RFC 6749 section 6). Errors as {@link #refresh(String, ClientInfo)};
     * {@code REFRESH_TOKEN_INVALID} also if the token is of another client's session, or its client is not allowed to refresh;
     * {@code SCOPE_NOT_GRANTED} if the session does not have the scopes. Neither changes anything.
     */
    public Mono<LoginResult> refresh(RefreshRequest request) {
        return refresh(request, false).map(SilentRefresh::login);
    }

    /**
     * Emits the successor pair of a refresh of which the client does not know. The grace window begins when the pair has been sent
     * ({@link SilentRefresh#delivered}), because the client may wait long for the response, or never get it. Until then the same
     * refresh token is answered with the same pair, with a new access token if that of the pair has run out (ADR 0025).
     *
     * <p>Errors as {@link #refresh}.
     */
    public Mono<SilentRefresh> refreshSilently(String refreshToken, ClientInfo client) {
        return refresh(new RefreshRequest(refreshToken, null, Set.of(), client), true);
    }

    /**
     * Emits whether the refresh token of this pair is still the live one of its session, by one read without locks. It is not when
     * a refresh has spent it or the session has ended. Fails with {@code UNAVAILABLE} when MySQL failed.
     */
    public Mono<Boolean> isLive(LoginResult refreshed) {
        return sessions.isLive(refreshed.sessionId(), refreshed.tokens().refresh());
    }

    /** Returns the live counters of the refreshes of this node. */
    public RefreshCounters counters() {
        return counters;
    }

    private Mono<SilentRefresh> refresh(RefreshRequest request, boolean silent) {
        return Mono.defer(() -> {
            var verification = codec.verify(TokenKind.REFRESH, request.refreshToken());
            if (verification instanceof TokenVerification.Genuine genuine) {
                Token token = genuine.token();
                return exchange(attempt(token, request, silent), sessions.of(token));
            }
            if (verification instanceof TokenVerification.UnknownKey unknown) {
                Token token = unknown.claimed();
                return exchange(attempt(token, request, silent), sessionOfUnknown(token));
            }
            if (verification instanceof TokenVerification.Imported imported) {
                Token token = imported.claimed();
                return exchange(attempt(token, request, silent), sessionOfImported(token));
            }
            return Mono.<SilentRefresh>error(PortcullisException.of(
                            verification instanceof TokenVerification.Expired
                                    ? ErrorCode.REFRESH_TOKEN_EXPIRED
                                    : ErrorCode.REFRESH_TOKEN_INVALID))
                    .doOnError(counters::countError);
        });
    }

    private RefreshAttempt attempt(Token token, RefreshRequest request, boolean silent) {
        return new RefreshAttempt(
                token, silent, request.origin(), request.clientId(), request.scopes(), lifetimes, null, ids.get());
    }

    /**
     * Emits the session of a token that another node may have issued under a key that this node lacks. MySQL decides whether the
     * token exists.
     */
    private Mono<String> sessionOfUnknown(Token claimed) {
        return sessions.byDigest(claimed).filter(sessionId -> clock.instant().isBefore(claimed.expiresAt()));
    }

    /** Emits the session of an imported refresh token. Its row says which kind it is, because its text does not. */
    private Mono<String> sessionOfImported(Token claimed) {
        return sessions.imported(claimed.digest())
                .filter(token -> token.kind() == TokenKind.REFRESH)
                .flatMap(token -> clock.instant().isBefore(token.expiresAt())
                        ? Mono.just(token.sessionId())
                        : Mono.error(PortcullisException.of(ErrorCode.REFRESH_TOKEN_EXPIRED)));
    }

    /**
     * Looks up the session of the token before the refresh waits for its turn. Refresh tokens without a session may be forged, and a flood of them
     * would fill the waiting places of genuine ones.
     */
    private Mono<SilentRefresh> exchange(RefreshAttempt attempt, Mono<String> session) {
        return BackgroundWork.run(session.switchIfEmpty(
                        Mono.error(PortcullisException.of(ErrorCode.REFRESH_TOKEN_INVALID)))
                .doOnError(counters::countError)
                .flatMap(sessionId -> calls.join(
                        sessionId,
                        sharedBy(attempt),
                        this::limited,
                        terminator.inTransaction(rotation.rotate(sessionId, attempt)))));
    }

    /** Limits the transactions. What follows needs no connection to MySQL, and may take long if Redis fails. */
    private Mono<SilentRefresh> limited(Mono<RotationResult> rotated) {
        return limit.run(rotated, UnaryOperator.identity())
                .doOnNext(counters::count)
                .doOnError(counters::countError)
                .flatMap(this::toResult);
    }

    /** Returns what calls that share a transaction have in common: a client must not receive what another client was granted. */
    private static String sharedBy(RefreshAttempt attempt) {
        return String.join(
                " ",
                attempt.silent() ? "silent" : "",
                attempt.presented().digest(),
                Objects.requireNonNullElse(attempt.clientId(), ""),
                String.join(" ", new TreeSet<>(attempt.scopes())));
    }

    private Mono<SilentRefresh> toResult(RotationResult result) {
        if (result instanceof Rotated rotated) {
            return publisher
                    .supersede(rotated.superseded(), rotated.at())
                    .then(publish(rotated.session(), rotated.tokens(), rotated.undelivered()));
        }
        if (result instanceof Replayed replayed) {
            return publish(replayed.session(), replayed.tokens(), replayed.undelivered());
        }
        return Mono.error(PortcullisException.of(((Refused) result).errorCode()));
    }

    private Mono<SilentRefresh> publish(Session session, TokenPair pair, @Nullable String undelivered) {
        return publisher
                .publish(session, pair.access(), now())
                .thenReturn(new SilentRefresh(
                        new LoginResult(session.userId(), session.id(), pair, session.scopes()),
                        undelivered == null ? () -> {} : deliveries.once(undelivered)));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
