package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.SessionOpener.NewSession;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Opens sessions for users that a login service has authenticated, as {@link LoginService} does after a password (docs/adr/0038). */
public final class ExternalLoginService {
    private final AccountRepository accounts;
    private final SessionOpener opener;
    private final AccessTokenPublisher publisher;
    private final LoginLogRepository loginLog;
    private final Transactions transactions;
    private final Supplier<String> ids;
    private final Clock clock;

    ExternalLoginService(
            AccountRepository accounts,
            SessionOpener opener,
            AccessTokenPublisher publisher,
            LoginLogRepository loginLog,
            Transactions transactions,
            Supplier<String> ids,
            Clock clock) {
        this.accounts = accounts;
        this.opener = opener;
        this.publisher = publisher;
        this.loginLog = loginLog;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Opens a session and emits its first token pair, also if its subscriber cancels meanwhile. Errors: {@code ACCOUNT_DISABLED} if the
     * user has an account, of the same id and name, that is disabled; {@code TOO_MANY_SESSIONS} as {@link LoginService#login};
     * {@code UNAVAILABLE} when MySQL failed, or when a session has to give way and its end needs Redis. Both refusals are written to the
     * login log.
     */
    public Mono<LoginResult> login(ExternalLogin login) {
        return Mono.defer(() -> BackgroundWork.run(open(login)));
    }

    private Mono<LoginResult> open(ExternalLogin login) {
        NewSession newSession = opener.prepare(login, now());
        return opener.open(newSession, requireEnabled(login))
                .onErrorResume(PortcullisException.class, refusal -> log(login, refusal))
                .flatMap(this::publish);
    }

    /** Emits the login, with the row of the user's account locked, if there is one, so that a concurrent disabling comes after it. */
    private Mono<ExternalLogin> requireEnabled(ExternalLogin login) {
        return Mono.defer(() -> accounts.findByUsernameForShare(login.username(), login.tenantId()))
                .filter(account -> account.id().equals(login.userId()) && account.disabled())
                .flatMap(ExternalLoginService::refuse)
                .thenReturn(login);
    }

    private static Mono<Account> refuse(Account disabled) {
        return Mono.error(PortcullisException.of(ErrorCode.ACCOUNT_DISABLED));
    }

    private Mono<NewSession> log(ExternalLogin login, PortcullisException refusal) {
        Mono<NewSession> refused = Mono.error(refusal);
        return switch (refusal.code()) {
            case ACCOUNT_DISABLED ->
                append(login, LoginLogResult.ACCOUNT_DISABLED).then(refused);
            case TOO_MANY_SESSIONS ->
                append(login, LoginLogResult.TOO_MANY_SESSIONS).then(refused);
            default -> refused;
        };
    }

    private Mono<Void> append(ExternalLogin login, LoginLogResult result) {
        var entry = new LoginLogEntry(
                ids.get(),
                LoginLogType.LOGIN,
                result,
                login.userId(),
                login.username(),
                null,
                login.client().ip(),
                login.client().userAgent(),
                now(),
                null,
                ExternalLogin.detail(login.loginService()),
                login.tenantId());
        return transactions.execute(loginLog.append(entry));
    }

    private Mono<LoginResult> publish(NewSession newSession) {
        return publisher
                .publish(newSession.session(), newSession.tokens().access(), now())
                .thenReturn(newSession.result());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
