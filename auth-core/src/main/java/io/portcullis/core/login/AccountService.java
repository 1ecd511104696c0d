package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.NewAccount;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.throttle.PasswordAttempt;
import io.portcullis.core.throttle.PasswordVerifier;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * Creates and changes accounts. A change and the end of the sessions that it invalidates are one transaction, which
 * locks the account's row first. A concurrent login that waits for the lock is refused afterwards; a session that a
 * login opened before the lock is ended.
 */
public final class AccountService {
    private static final String ADMIN_ROLE = "admin";
    private static final String DEFAULT_USER_TYPE = "user";

    private final AccountRepository accounts;
    private final PasswordVerifier passwords;
    private final PasswordHasher hasher;
    private final Transactions transactions;
    private final SessionRepository sessions;
    private final SessionTerminator terminator;
    private final Supplier<String> ids;
    private final Clock clock;

    AccountService(
            AccountRepository accounts,
            PasswordVerifier passwords,
            PasswordHasher hasher,
            Transactions transactions,
            SessionRepository sessions,
            SessionTerminator terminator,
            Supplier<String> ids,
            Clock clock) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.hasher = hasher;
        this.transactions = transactions;
        this.sessions = sessions;
        this.terminator = terminator;
        this.ids = ids;
        this.clock = clock;
    }

    /** Creates an account and emits it. Fails with {@code USERNAME_TAKEN} when the username exists. */
    public Mono<Account> create(NewAccount request) {
        return prepare(request)
                .flatMap(account ->
                        transactions.execute(accounts.insert(account)).thenReturn(account));
    }

    private Mono<Account> prepare(NewAccount request) {
        return hasher.hash(request.password())
                .map(hash -> new Account(
                        ids.get(),
                        request.username(),
                        hash,
                        AccountStatus.ENABLED,
                        request.roles(),
                        request.userType(),
                        clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    }

    /**
     * Enables or disables an account. Disabling also ends the account's sessions, in the same transaction. Fails with
     * {@code NOT_FOUND} when there is no such account, and with {@code UNAVAILABLE} when a store failed; the call may
     * be repeated safely.
     */
    public Mono<Void> setStatus(String id, AccountStatus status, Actor actor) {
        var update = requireUpdated(updateStatus(id, status));
        return status == AccountStatus.ENABLED
                ? transactions.execute(update)
                : BackgroundWork.run(terminator.endAllAfter(update, id, null, EndReason.ACCOUNT_DISABLED, actor));
    }

    private Mono<Long> updateStatus(String id, AccountStatus status) {
        var update = Mono.defer(() -> accounts.updateStatus(id, status));
        return status == AccountStatus.ENABLED
                ? update
                : requireAnotherAdministrator(id).then(update);
    }

    /** Takes the lock for administrators only. The roles of an account do not change. */
    private Mono<Void> requireAnotherAdministrator(String id) {
        return accounts.findById(id)
                .filter(account -> account.roles().contains(ADMIN_ROLE))
                .flatMap(administrator -> accounts.countOtherEnabledForUpdate(ADMIN_ROLE, id))
                .filter(others -> others == 0)
                .flatMap(none -> accounts.findById(id))
                .filter(administrator -> !administrator.disabled())
                .flatMap(
                        last -> Mono.error(
                                PortcullisException.of(
                                        ErrorCode.CONFLICT,
                                        "this is the last active administrator (expected: another enabled account with the role admin)")));
    }

    /**
     * Sets a new password and ends all sessions of the account, in one transaction. Fails with {@code BAD_REQUEST}
     * for an invalid password; other errors as {@link #setStatus}.
     */
    public Mono<Void> resetPassword(String id, String newPassword, Actor actor) {
        return BackgroundWork.run(Mono.fromRunnable(() -> NewAccount.requirePassword(newPassword))
                .then(Mono.defer(() -> hasher.hash(newPassword)))
                .flatMap(hash -> terminator.endAllAfter(
                        requireUpdated(accounts.updatePasswordHash(id, hash)),
                        id,
                        null,
                        EndReason.PASSWORD_CHANGED,
                        actor)));
    }

    /**
     * Sets the caller's own password and ends the caller's other sessions, in one transaction.
     *
     * <p>Nothing is changed on {@code WRONG_CURRENT_PASSWORD} and {@code TOO_MANY_LOGIN_ATTEMPTS}. Wrong current
     * passwords are counted and logged like those of a login. A concurrent password reset, or end of the caller's
     * session, that commits first wins.
     */
    public Mono<Void> changePassword(Identity identity, String currentPassword, String newPassword, Actor actor) {
        return Mono.defer(() -> {
            NewAccount.requirePassword(newPassword);
            var attempt = PasswordAttempt.ofPasswordChange(identity, currentPassword, actor.client());
            String origin = attempt.block().site();
            return passwords
                    .verify(
                            attempt,
                            accounts.findByUsername(identity.username())
                                    .filter(account -> belongsTo(account, identity)))
                    .onErrorMap(AccountService::isWrongPassword, e -> wrongCurrentPassword())
                    .flatMap(account -> hasher.hash(origin, newPassword)
                            .flatMap(hash -> BackgroundWork.run(replacePassword(identity, account, hash, actor))));
        });
    }

    /** Locks the account's row before the session's row, in the order of {@link SessionTerminator#endAllAfter}. */
    private Mono<Void> replacePassword(Identity identity, Account checked, String hash, Actor actor) {
        Mono<Session> live = sessions.findByIdForUpdate(identity.sessionId())
                .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.SESSION_EXPIRED)))
                .flatMap(this::requireLive);
        Mono<Long> change = accounts.replacePasswordHash(checked.id(), checked.passwordHash(), hash)
                .delayUntil(count -> live)
                .filter(count -> count > 0)
                .switchIfEmpty(Mono.error(AccountService::wrongCurrentPassword));
        return terminator.endAllAfter(
                change, identity.userId(), identity.sessionId(), EndReason.PASSWORD_CHANGED, actor);
    }

    private Mono<Session> requireLive(LockedSession locked) {
        var session = locked.session();
        if (session.endReason() != null) {
            return Mono.error(PortcullisException.of(session.endReason().errorCode()));
        }
        return session.live(locked.at())
                ? Mono.just(session)
                : Mono.error(PortcullisException.of(ErrorCode.SESSION_EXPIRED));
    }

    private static boolean belongsTo(Account account, Identity identity) {
        return account.id().equals(identity.userId());
    }

    private static PortcullisException wrongCurrentPassword() {
        return PortcullisException.of(ErrorCode.WRONG_CURRENT_PASSWORD);
    }

    /**
     * Creates the first administrator if there is no account; otherwise does nothing. When several nodes start at
     * once, exactly one creates its administrator, even if the usernames differ.
     */
    public Mono<Void> bootstrap(String username, String password) {
        // Counts without a lock first, so that a start with existing accounts writes nothing and works on a read-only
        // server.
        return accounts.count()
                .filter(count -> count == 0)
                .flatMap(none -> prepare(new NewAccount(username, password, Set.of(ADMIN_ROLE), DEFAULT_USER_TYPE)))
                .flatMap(account -> transactions.execute(accounts.insertFirst(account)))
                .onErrorResume(AccountService::isTaken, e -> Mono.empty())
                .then();
    }

    private static Mono<Void> requireUpdated(Mono<Long> update) {
        return update.filter(count -> count > 0)
                .switchIfEmpty(Mono.error(PortcullisException.of(ErrorCode.NOT_FOUND, "No account has this id.")))
                .then();
    }

    private static boolean isTaken(Throwable error) {
        return error instanceof PortcullisException e && e.code() == ErrorCode.USERNAME_TAKEN;
    }

    private static boolean isWrongPassword(Throwable error) {
        return error instanceof PortcullisException e && e.code() == ErrorCode.BAD_CREDENTIALS;
    }
}
