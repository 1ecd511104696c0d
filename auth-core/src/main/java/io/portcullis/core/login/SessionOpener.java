package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.token.TokenIssuer;
import io.portcullis.core.token.TokenLifetimes;
import io.portcullis.core.token.TokenPair;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.RefreshTokenRecord;
import io.portcullis.core.token.store.TokenRepository;
import java.time.Instant;
import java.util.Set;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Opens a session with its first token pair, in the transaction of a login. */
final class SessionOpener {
    private static final int FIRST_GENERATION = 1;

    private final SessionRepository sessions;
    private final TokenRepository tokens;
    private final LoginLogRepository loginLog;
    private final TokenIssuer issuer;
    private final TokenLifetimes lifetimes;
    private final Supplier<String> ids;

    SessionOpener(
            SessionRepository sessions,
            TokenRepository tokens,
            LoginLogRepository loginLog,
            TokenIssuer issuer,
            TokenLifetimes lifetimes,
            Supplier<String> ids) {
        this.sessions = sessions;
        this.tokens = tokens;
        this.loginLog = loginLog;
        this.issuer = issuer;
        this.lifetimes = lifetimes;
        this.ids = ids;
    }

    /**
     * Creates the session and its tokens before the transaction, so that a repeated transaction writes the same rows.
     */
    NewSession prepare(Account account, ClientInfo client, Instant at) {
        var expiresAt = at.plus(lifetimes.maxSessionLifetime());
        var sessionId = ids.get();
        var session = new Session(
                sessionId,
                account.id(),
                account.username(),
                account.userType(),
                null,
                account.roles(),
                client,
                Set.of(),
                at,
                at,
                client.ip(),
                expiresAt,
                null,
                null);
        return new NewSession(session, issuer.issue(sessionId, FIRST_GENERATION, at, expiresAt), ids.get());
    }

    /** Inserts the session, both tokens and the log entry, in the surrounding transaction. */
    Mono<NewSession> write(NewSession newSession) {
        var session = newSession.session();
        var access = newSession.tokens().access();
        var refresh = newSession.tokens().refresh();
        return sessions.insert(session)
                .then(tokens.insertAccess(new AccessTokenRecord(
                        access.digest(), session.id(), session.userId(), access.expiresAt(), null)))
                .then(tokens.insertRefresh(
                        RefreshTokenRecord.live(refresh.digest(), session.id(), FIRST_GENERATION, refresh.expiresAt())))
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
                session.userId());
    }

    /**
     * A session that is not yet written.
     *
     * @param tokens the first token pair
     * @param logId the id of the entry in the login log
     */
    record NewSession(Session session, TokenPair tokens, String logId) {
        LoginResult result() {
            return new LoginResult(session.userId(), session.id(), tokens);
        }
    }
}
