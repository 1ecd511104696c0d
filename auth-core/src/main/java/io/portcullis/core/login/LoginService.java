package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.client.ClientDirectory;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.SessionOpener.NewSession;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.throttle.LoginThrottle;
import io.portcullis.core.throttle.PasswordAttempt;
import io.portcullis.core.throttle.PasswordVerifier;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Checks a name and password and opens a session (docs/design.md section 6). */
public final class LoginService {
    private final AccountRepository accounts;
    private final ClientDirectory clients;
    private final PasswordVerifier passwords;
    private final SessionOpener opener;
    private final AccessTokenPublisher publisher;
    private final PasswordRehash rehash;
    private final Clock clock;

    LoginService(
            AccountRepository accounts,
            ClientDirectory clients,
            PasswordVerifier passwords,
            SessionOpener opener,
            AccessTokenPublisher publisher,
            PasswordRehash rehash,
            Clock clock) {
        this.accounts = accounts;
        this.clients = clients;
        this.passwords = passwords;
        this.opener = opener;
        this.publisher = publisher;
        this.rehash = rehash;
        this.clock = clock;
    }

    /**
     * Opens a session and emits its first token pair. Errors: {@code BAD_CREDENTIALS} for an unknown username or a
     * wrong password, which take the same time; {@code ACCOUNT_DISABLED} only after a correct password;
     * {@code TOO_MANY_LOGIN_ATTEMPTS} when a limit of {@link LoginThrottle} is reached; {@code TOO_MANY_REQUESTS}
     * when too many passwords wait to be checked; {@code TENANT_REQUIRED} when the request names none and usernames are unique within a
     * tenant only; {@code CLIENT_REFUSED} when the client of the login has changed meanwhile; {@code TOO_MANY_SESSIONS} after a correct
     * password when the user has too many sessions and {@link WhenFull#REJECT} is set; {@code UNAVAILABLE} when MySQL failed, or when a session has to give
     * way and its end needs Redis.
     *
     * <p>Each attempt whose password was checked is written to the login log, and of the refusals by one limit the first in a
     * window.
     */
    public Mono<LoginResult> login(LoginRequest request) {
        return Mono.defer(() -> {
            String tenantId = accounts.qualifier(request.tenantId());
            if (accounts.requiresTenant() && tenantId == null) {
                return Mono.error(PortcullisException.of(ErrorCode.TENANT_REQUIRED));
            }
            var attempt = PasswordAttempt.ofLogin(request.username(), tenantId, request.password(), request.client());
            return logIn(attempt, request, true);
        });
    }

    /** Checks the password and opens a session. If the account has changed in between, begins anew, once. */
    private Mono<LoginResult> logIn(PasswordAttempt attempt, LoginRequest request, boolean mayBeginAnew) {
        return passwords
                .verify(attempt, accounts.findByUsername(attempt.username(), attempt.tenantId()))
                .flatMap(account -> requireEnabled(attempt, account))
                .flatMap(account -> BackgroundWork.run(open(attempt, account, request))
                        .doOnNext(opened -> rehash.start(attempt, account))
                        .switchIfEmpty(Mono.defer(() -> mayBeginAnew
                                ? logIn(attempt, request, false)
                                : refuse(
                                        attempt, account, LoginLogResult.BAD_CREDENTIALS, ErrorCode.BAD_CREDENTIALS))));
    }

    private Mono<Account> requireEnabled(PasswordAttempt attempt, Account account) {
        return account.disabled()
                ? refuse(attempt, account, LoginLogResult.ACCOUNT_DISABLED, ErrorCode.ACCOUNT_DISABLED)
                : Mono.just(account);
    }

    private <T> Mono<T> refuse(PasswordAttempt attempt, Account account, LoginLogResult result, ErrorCode errorCode) {
        return passwords.log(attempt, account, result).then(Mono.error(PortcullisException.of(errorCode)));
    }

    /** Emits the opened session; empty if the account has changed since the check. */
    private Mono<LoginResult> open(PasswordAttempt attempt, Account account, LoginRequest request) {
        var newSession = opener.prepare(account, request, now());
        return opener.open(newSession, Mono.defer(() -> unchanged(account, request.loginClient())))
                .onErrorResume(
                        LoginService::isOfTooManySessions,
                        refusal -> passwords
                                .log(attempt, account, LoginLogResult.TOO_MANY_SESSIONS)
                                .then(Mono.error(refusal)))
                .flatMap(this::publish);
    }

    /**
     * Emits the account, with its row locked, if it has not changed since the password check; otherwise empty. A
     * disabling, a password reset or a change of roles that commits in between therefore wins. One that comes later finds the
     * new session and ends it. Fails with {@code CLIENT_REFUSED} if the client of the login has changed.
     */
    private Mono<Account> unchanged(Account checked, @Nullable LoginClient loginClient) {
        Mono<Account> account = accounts.findByUsernameForShare(checked.username(), checked.tenantId())
                .filter(checked::equals);
        return loginClient == null
                ? account
                : account.flatMap(found -> clients.findUnchanged(loginClient.client())
                        .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.CLIENT_REFUSED)))
                        .map(client -> found));
    }

    private static boolean isOfTooManySessions(Throwable error) {
        return error instanceof PortcullisException refusal && refusal.code() == ErrorCode.TOO_MANY_SESSIONS;
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
