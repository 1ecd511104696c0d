package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.ClientUserId;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.token.TokenIssuer;
import io.portcullis.core.token.TokenLifetimes;
import io.portcullis.core.token.TokenPair;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.RefreshTokenRecord;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Instant;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Opens a session with its first token pair, within the limits on the sessions of its user. */
final class SessionOpener {
    private static final int FIRST_GENERATION = 1;
    private static final String USER_TYPE_OF_CLIENTS = "client";

    private final SessionRepository sessions;
    private final TokenRepository tokens;
    private final LoginLogRepository loginLog;
    private final TokenIssuer issuer;
    private final TokenLifetimes lifetimes;
    private final Supplier<String> ids;
    private final Transactions transactions;
    private final SessionLimiter limiter;

    SessionOpener(
            SessionRepository sessions,
            TokenRepository tokens,
            LoginLogRepository loginLog,
            TokenIssuer issuer,
            TokenLifetimes lifetimes,
            Supplier<String> ids,
            Transactions transactions,
            SessionLimiter limiter) {
        this.sessions = sessions;
        this.tokens = tokens;
        this.loginLog = loginLog;
        this.issuer = issuer;
        this.lifetimes = lifetimes;
        this.ids = ids;
        this.transactions = transactions;
        this.limiter = limiter;
    }

    /**
     * Creates the session and its tokens before the transaction, so that a repeated transaction writes the same rows.
     *
     * @param account the account that the request names
     */
    NewSession prepare(Account account, LoginRequest request, Instant at) {
        return prepare(
                new User(account.id(), account.username(), account.userType(), account.tenantId(), account.roles()),
                request.client(),
                request.loginClient(),
                request.replaces(),
                null,
                at);
    }

    /** Does the same for a user that a login service has authenticated. */
    NewSession prepare(ExternalLogin login, Instant at) {
        return prepare(
                new User(login.userId(), login.username(), login.userType(), login.tenantId(), login.roles()),
                login.client(),
                null,
                login.replaces(),
                login.loginService(),
                at);
    }

    private NewSession prepare(
            User user,
            ClientInfo origin,
            @Nullable LoginClient loginClient,
            Set<String> replaces,
            @Nullable String loginService,
            Instant at) {
        if (ClientUserId.isClient(user.id())) {
            throw new IllegalArgumentException("user id: " + user.id() + " (expected: not that of an OAuth 2 client)");
        }
        var expiresAt = at.plus(lifetimes.maxSessionLifetime());
        var ofClient = loginClient == null ? lifetimes : loginClient.client().lifetimes(lifetimes);
        var sessionId = ids.get();
        var session = new Session(
                sessionId,
                user.id(),
                user.name(),
                user.type(),
                user.tenantId(),
                user.roles(),
                loginClient == null
                        ? origin
                        : origin.withClientId(loginClient.client().id()),
                loginClient == null ? Set.of() : loginClient.scopes(),
                at,
                at,
                origin.ip(),
                expiresAt,
                null,
                null,
                loginService);
        return new NewSession(
                session, issuer.issue(sessionId, FIRST_GENERATION, at, expiresAt, ofClient), ids.get(), replaces);
    }

    private record User(
            String id, String name, String type, @Nullable String tenantId, Set<String> roles) {}

    /**
     * Creates the session that a client opens for itself. It lasts as long as its access token, because it has no refresh token
     * (RFC 6749 section 4.4.3). No limit on the sessions of a user applies to it.
     */
    NewSession prepare(RegisteredClient client, Set<String> scopes, ClientInfo origin, Instant at) {
        var ofClient = client.lifetimes(lifetimes);
        var sessionId = ids.get();
        var tokens = issuer.issue(sessionId, FIRST_GENERATION, at, at.plus(lifetimes.maxSessionLifetime()), ofClient);
        var session = new Session(
                sessionId,
                client.userId(),
                client.userId(),
                USER_TYPE_OF_CLIENTS,
                null,
                client.roles(),
                new ClientInfo(origin.ip(), origin.userAgent(), null, client.id()),
                scopes,
                at,
                at,
                origin.ip(),
                tokens.access().expiresAt(),
                null,
                null,
                null);
        return new NewSession(session, tokens, ids.get(), Set.of());
    }

    /**
     * Opens the session in one transaction, which also ends the sessions that give way to it. Empty, without an effect, if
     * {@code condition} is empty. A session that no limit concerns costs no additional statement. Errors as
     * {@link SessionLimiter#open}. The caller must not cancel it.
     *
     * @param condition is subscribed to in the transaction, and must lock the account's row if there is one
     */
    Mono<NewSession> open(NewSession newSession, Mono<?> condition) {
        Mono<NewSession> write = Mono.defer(() -> write(newSession));
        return !newSession.ofClientItself() && limiter.concerns(newSession)
                ? limiter.open(newSession, condition, write)
                : transactions.execute(condition.flatMap(met -> write));
    }

    /** Inserts the session, both tokens and the log entry, in the surrounding transaction. */
    private Mono<NewSession> write(NewSession newSession) {
        var session = newSession.session();
        var access = newSession.tokens().access();
        var refresh = newSession.tokens().refresh();
        return sessions.insert(session)
                .then(tokens.insertAccess(
                        AccessTokenRecord.issued(access, session.id(), session.userId(), session.createdAt(), null)))
                .then(
                        newSession.ofClientItself()
                                ? Mono.empty()
                                : tokens.insertRefresh(
                                        RefreshTokenRecord.live(refresh, session.id(), FIRST_GENERATION)))
                .then(loginLog.append(entry(newSession)))
                .thenReturn(newSession);
    }

    private static LoginLogEntry entry(NewSession newSession) {
        var session = newSession.session();
        return new LoginLogEntry(
                newSession.logId(),
                LoginLogType.LOGIN,
                LoginLogResult.SUCCESS,
                session.userId(),
                session.username(),
                session.id(),
                session.client().ip(),
                session.client().userAgent(),
                session.createdAt(),
                session.userId(),
                session.loginService() == null ? null : ExternalLogin.detail(session.loginService()),
                session.tenantId());
    }

    /**
     * A session that is not yet written.
     *
     * @param tokens the first token pair; of a session that a client opens for itself, only the access token counts
     * @param logId the id of the entry in the login log
     * @param replaces the ids of the sessions of the same client that end after the login
     */
    record NewSession(Session session, TokenPair tokens, String logId, Set<String> replaces) {
        LoginResult result() {
            return new LoginResult(session.userId(), session.id(), tokens, session.scopes());
        }

        /** Returns whether a client opens the session for itself, without a user. */
        boolean ofClientItself() {
            return ClientUserId.isClient(session.userId());
        }
    }
}
