package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.PasswordCheck;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.audit.LoginLog;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.SessionOpener.Opening;
import io.portcullis.core.transaction.Detached;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Checks a name and password and opens a session (design section 6). */
public final class LoginService {
    private static final int MAX_BAD_TRIES = 10;
    private static final Duration BAD_TRIES_WINDOW = Duration.ofMinutes(5);

    private final AccountRepository accounts;
    private final PasswordHasher hasher;
    private final Transactions transactions;
    private final LoginLog loginLog;
    private final SessionOpener opener;
    private final AccessTokenPublisher publisher;
    private final Supplier<String> ids;
    private final Clock clock;

    LoginService(
            AccountRepository accounts,
            PasswordHasher hasher,
            Transactions transactions,
            LoginLog loginLog,
            SessionOpener opener,
            AccessTokenPublisher publisher,
            Supplier<String> ids,
            Clock clock) {
        this.accounts = accounts;
        this.hasher = hasher;
        this.transactions = transactions;
        this.loginLog = loginLog;
        this.opener = opener;
        this.publisher = publisher;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Opens a session and emits its first pair. Errors: {@code BAD_CREDENTIALS} for an unknown name or a wrong password, which
     * cost the same time; {@code ACCOUNT_DISABLED} only when the password was right; {@code TOO_MANY_LOGIN_TRIES} for a name
     * under attack from one address; {@code UNAVAILABLE} when MySQL failed. Every try is logged.
     */
    public Mono<LoginResult> login(LoginRequest request) {
        return Mono.defer(() -> refuseTooManyTries(request)
                .then(accounts.findByUsername(request.username()))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(account -> checkPassword(request, account.orElse(null)))
                .flatMap(account -> Detached.shield(open(request, account))));
    }

    private Mono<Void> refuseTooManyTries(LoginRequest request) {
        var since = now().minus(BAD_TRIES_WINDOW);
        return loginLog.countBadCredentials(request.username(), request.client().ip(), since)
                .filter(tries -> tries >= MAX_BAD_TRIES)
                .flatMap(tries -> log(request, null, LoginLogResult.TOO_MANY_TRIES)
                        .then(Mono.error(
                                PortcullisException.retryLater(ErrorCode.TOO_MANY_LOGIN_TRIES, BAD_TRIES_WINDOW))));
    }

    private Mono<Account> checkPassword(LoginRequest request, @Nullable Account account) {
        return hasher.check(request.password(), account == null ? null : account.passwordHash())
                .flatMap(check -> judge(request, account, check));
    }

    private Mono<Account> judge(LoginRequest request, @Nullable Account account, PasswordCheck check) {
        if (account == null || check == PasswordCheck.DIFFERS) {
            return refuse(request, account, LoginLogResult.BAD_CREDENTIALS, ErrorCode.BAD_CREDENTIALS);
        }
        return account.disabled() ? refuseDisabled(request, account) : Mono.just(account);
    }

    private <T> Mono<T> refuseDisabled(LoginRequest request, Account account) {
        return refuse(request, account, LoginLogResult.ACCOUNT_DISABLED, ErrorCode.ACCOUNT_DISABLED);
    }

    private <T> Mono<T> refuse(
            LoginRequest request, @Nullable Account account, LoginLogResult result, ErrorCode errorCode) {
        return log(request, account, result).then(Mono.error(PortcullisException.of(errorCode)));
    }

    private Mono<Void> log(LoginRequest request, @Nullable Account account, LoginLogResult result) {
        var entry = new LoginLogEntry(
                ids.get(),
                LoginLogType.LOGIN,
                result,
                account == null ? null : account.id(),
                request.username(),
                null,
                request.client().ip(),
                request.client().userAgent(),
                now(),
                null);
        return transactions.execute(loginLog.append(entry));
    }

    private Mono<LoginResult> open(LoginRequest request, Account account) {
        var opening = opener.prepare(account, request.client(), now());
        return transactions
                .execute(unchanged(account).flatMap(same -> opener.write(opening)))
                .switchIfEmpty(Mono.defer(
                        () -> refuse(request, account, LoginLogResult.BAD_CREDENTIALS, ErrorCode.BAD_CREDENTIALS)))
                .flatMap(this::publish);
    }

    /**
     * The account, locked, if it still is what the password was checked against. A disabling or a password reset that
     * committed in between wins; one that comes later finds the session and ends it.
     */
    private Mono<Account> unchanged(Account checked) {
        return accounts.findByUsernameForShare(checked.username())
                .filter(current -> !current.disabled()
                        && current.id().equals(checked.id())
                        && current.passwordHash().equals(checked.passwordHash()));
    }

    private Mono<LoginResult> publish(Opening opening) {
        return publisher
                .publish(opening.session(), opening.tokens().access(), now())
                .thenReturn(opening.result());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
