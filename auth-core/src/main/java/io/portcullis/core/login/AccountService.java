package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.NewAccount;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.PasswordPolicy;
import io.portcullis.core.account.TenantRules;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.audit.LoginLogType;
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
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * Creates, changes and deletes accounts. A change, its entry in the login log and the end of the sessions that it invalidates are one
 * transaction, which locks the account's row first ({@link AccountLock}). A concurrent login that waits for the lock is refused afterwards;
 * a session that a login opened before the lock is ended.
 */
public final class AccountService {
    static final String ADMIN_ROLE = "admin";
    private static final String DEFAULT_USER_TYPE = "user";

    private final AccountRepository accounts;
    private final PasswordVerifier passwords;
    private final PasswordHasher hasher;
    private final PasswordPolicy policy;
    private final Transactions transactions;
    private final SessionRepository sessions;
    private final SessionTerminator terminator;
    private final AccountLock lock;
    private final AccountAudit audit;
    private final Supplier<String> ids;
    private final Clock clock;

    AccountService(
            AccountRepository accounts,
            PasswordVerifier passwords,
            PasswordHasher hasher,
            PasswordPolicy policy,
            Transactions transactions,
            SessionRepository sessions,
            SessionTerminator terminator,
            AccountAudit audit,
            TenantRules rules,
            Supplier<String> ids,
            Clock clock) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.hasher = hasher;
        this.policy = policy;
        this.transactions = transactions;
        this.sessions = sessions;
        this.terminator = terminator;
        this.lock = new AccountLock(accounts, rules);
        this.audit = audit;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Creates an account and emits it. Fails with {@code USERNAME_TAKEN} when the username exists, and with {@code BAD_REQUEST} for a
     * password against the {@link PasswordPolicy}. An administrator of one tenant creates accounts in that tenant; another tenant, and a
     * role that the administrator may not give, are {@code FORBIDDEN}.
     *
     * @param actor who creates the account, for the login log
     */
    public Mono<Account> create(NewAccount request, TenantScope tenants, Actor actor) {
        return prepare(request, tenants)
                .flatMap(account -> transactions
                        .execute(accounts.insert(account)
                                .then(audit.appendWhole(LoginLogType.ACCOUNT_CREATED, account, actor)))
                        .thenReturn(account));
    }

    private Mono<Account> prepare(NewAccount requested, TenantScope tenants) {
        String tenantId = requested.tenantId() == null ? tenants.tenantId() : requested.tenantId();
        NewAccount request = requested.inTenant(tenantId);
        return Mono.defer(() -> {
                    if (!tenants.includes(tenantId)) {
                        throw PortcullisException.of(
                                ErrorCode.FORBIDDEN, "tenantId (expected: the administrator's own tenant, or none)");
                    }
                    requireGrantable(request.roles(), tenants);
                    policy.require(request.username(), request.password());
                    return hasher.hash(request.password());
                })
                .map(hash -> new Account(
                        ids.get(),
                        request.username(),
                        hash,
                        AccountStatus.ENABLED,
                        request.roles(),
                        request.userType(),
                        request.tenantId(),
                        clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    }

    private static void requireGrantable(Collection<String> roles, TenantScope tenants) {
        if (!tenants.mayGrant(roles)) {
            throw PortcullisException.of(
                    ErrorCode.FORBIDDEN,
                    "roles (expected: those that an administrator of one tenant has, or portcullis.admin.tenant-roles)");
        }
    }

    /**
     * Enables or disables an account. Disabling also ends the account's sessions, in the same transaction. Fails with
     * {@code NOT_FOUND} when there is no such account in the scope, with {@code CONFLICT} for the last active administrator of all
     * tenants, and with {@code UNAVAILABLE} when a store failed; the call may be repeated safely.
     */
    public Mono<Void> setStatus(String id, AccountStatus status, TenantScope tenants, Actor actor) {
        return status == AccountStatus.ENABLED
                ? transactions.execute(lock.lock(id, tenants)
                        .flatMap(account -> writeStatus(account, status, LoginLogType.ACCOUNT_ENABLED, actor)))
                : changeAndEnd(
                        lock.lockUnlessLastAdministrator(id, tenants),
                        account -> writeStatus(account, status, LoginLogType.of(EndReason.ACCOUNT_DISABLED), actor),
                        EndReason.ACCOUNT_DISABLED,
                        actor);
    }

    private Mono<Void> writeStatus(Account account, AccountStatus status, LoginLogType type, Actor actor) {
        var written = accounts.updateStatus(account.id(), status).then();
        return account.status() == status ? written : written.then(audit.append(type, account, actor, null));
    }

    /**
     * Sets the roles of an account and ends its sessions, in one transaction, so that no session has a role that was taken away. The
     * same roles as before change nothing. Errors as {@link #setStatus}, {@code BAD_REQUEST} for an invalid role, and {@code FORBIDDEN} for
     * an additional role that an administrator of one tenant may not give.
     */
    public Mono<Void> setRoles(String id, Set<String> roles, TenantScope tenants, Actor actor) {
        return Mono.defer(() -> {
            NewAccount.requireRoles(roles);
            var locked =
                    roles.contains(ADMIN_ROLE) ? lock.lock(id, tenants) : lock.lockUnlessLastAdministrator(id, tenants);
            return changeAndEnd(
                    locked.doOnNext(account -> requireGrantable(added(roles, account), tenants))
                            .filter(account -> !account.roles().equals(roles)),
                    account -> accounts.updateRoles(id, roles).then(audit.appendRoles(account, roles, actor)),
                    EndReason.ROLES_CHANGED,
                    actor);
        });
    }

    private static Set<String> added(Set<String> roles, Account account) {
        Set<String> added = new HashSet<>(roles);
        added.removeAll(account.roles());
        return added;
    }

    /**
     * Deletes an account and ends its sessions, in one transaction. The entries of the login log stay. The username can be used
     * for another account, which has another id. Errors as {@link #setStatus}.
     */
    public Mono<Void> delete(String id, TenantScope tenants, Actor actor) {
        return changeAndEnd(
                lock.lockUnlessLastAdministrator(id, tenants),
                account -> accounts.delete(id)
                        .then(audit.appendWhole(LoginLogType.of(EndReason.ACCOUNT_DELETED), account, actor)),
                EndReason.ACCOUNT_DELETED,
                actor);
    }

    /**
     * Sets a new password and ends all sessions of the account, in one transaction. Fails with {@code BAD_REQUEST}
     * for an invalid password, and with {@code FORBIDDEN} for an account with a role that an administrator of one tenant may not give,
     * because the administrator could log in as that account; other errors as {@link #setStatus}.
     */
    public Mono<Void> resetPassword(String id, String newPassword, TenantScope tenants, Actor actor) {
        return Mono.defer(() -> {
            NewAccount.requirePassword(newPassword);
            return BackgroundWork.run(transactions
                    .execute(lock.lock(id, tenants))
                    .doOnNext(account -> requireGrantable(account.roles(), tenants))
                    .doOnNext(account -> policy.require(account.username(), newPassword))
                    .flatMap(account -> hasher.hash(newPassword))
                    .flatMap(hash -> changeAndEnd(
                            lock.lock(id, tenants).doOnNext(account -> requireGrantable(account.roles(), tenants)),
                            account -> accounts.updatePasswordHash(id, hash)
                                    .then(audit.append(LoginLogType.PASSWORD_RESET, account, actor, null)),
                            EndReason.PASSWORD_CHANGED,
                            actor)));
        });
    }

    /**
     * Changes an account and ends its sessions, in one transaction. Does neither if {@code locked} is empty at first; if it is empty in the
     * second transaction, because another call made the same change meanwhile, the sessions end all the same.
     *
     * <p>{@link SessionTerminator#endAllAfter} ends the oldest of many sessions before the transaction of the change. A
     * transaction of its own therefore runs {@code locked} first, so that a refused change ends no session.
     *
     * @param locked locks the account's row and emits the account; errors if the change is refused
     */
    private Mono<Void> changeAndEnd(
            Mono<Account> locked, Function<Account, Mono<Void>> change, EndReason reason, Actor actor) {
        return BackgroundWork.run(transactions
                .execute(locked)
                .flatMap(account -> terminator.endAllAfter(locked.flatMap(change), account.id(), null, reason, actor)));
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
            policy.require(identity.username(), newPassword);
            var attempt = PasswordAttempt.ofPasswordChange(
                    identity, accounts.qualifier(identity.tenantId()), currentPassword, actor.client());
            return changePassword(identity, attempt, newPassword, actor, true);
        });
    }

    /** Checks and replaces the password. If the hash has changed in between, such as by a rehash at a login, begins anew, once. */
    private Mono<Void> changePassword(
            Identity identity, PasswordAttempt attempt, String newPassword, Actor actor, boolean mayBeginAnew) {
        return passwords
                .verify(
                        attempt,
                        accounts.findByUsername(identity.username(), identity.tenantId())
                                .filter(account -> belongsTo(account, identity)))
                .onErrorMap(AccountService::isWrongPassword, e -> wrongCurrentPassword())
                .flatMap(account -> hasher.hash(attempt.block().site(), newPassword)
                        .flatMap(hash -> BackgroundWork.run(replacePassword(identity, account, hash, actor)))
                        .onErrorResume(
                                e -> mayBeginAnew && isWrongCurrentPassword(e),
                                e -> changePassword(identity, attempt, newPassword, actor, false)));
    }

    /** Locks the account's row before the session's row, in the order of {@link SessionTerminator#endAllAfter}. */
    private Mono<Void> replacePassword(Identity identity, Account checked, String hash, Actor actor) {
        Mono<Session> live = sessions.findByIdForUpdate(identity.sessionId())
                .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.SESSION_EXPIRED)))
                .flatMap(this::requireLive);
        Mono<Void> change = accounts.replacePasswordHash(checked.id(), checked.passwordHash(), hash)
                .delayUntil(count -> live)
                .filter(count -> count > 0)
                .switchIfEmpty(Mono.error(AccountService::wrongCurrentPassword))
                .then(audit.append(LoginLogType.of(EndReason.PASSWORD_CHANGED), checked, actor, null));
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
                .flatMap(none -> prepare(
                        new NewAccount(username, password, Set.of(ADMIN_ROLE), DEFAULT_USER_TYPE), TenantScope.ALL))
                .flatMap(account -> transactions.execute(accounts.insertFirst(account)
                        .filter(inserted -> inserted > 0)
                        .flatMap(
                                inserted -> audit.appendWhole(LoginLogType.ACCOUNT_CREATED, account, Actor.gateway()))))
                .onErrorResume(AccountService::isTaken, e -> Mono.empty())
                .then();
    }

    private static boolean isWrongCurrentPassword(Throwable error) {
        return error instanceof PortcullisException e && e.code() == ErrorCode.WRONG_CURRENT_PASSWORD;
    }

    private static boolean isTaken(Throwable error) {
        return error instanceof PortcullisException e && e.code() == ErrorCode.USERNAME_TAKEN;
    }

    private static boolean isWrongPassword(Throwable error) {
        return error instanceof PortcullisException e && e.code() == ErrorCode.BAD_CREDENTIALS;
    }
}
