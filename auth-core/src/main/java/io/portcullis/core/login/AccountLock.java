package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.TenantRules;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import reactor.core.publisher.Mono;

/**
 * Locks the row of an account for a change, in the surrounding transaction. The lock order of all changes is: the lock
 * of the administrators, the account's row, the rows of its sessions.
 */
final class AccountLock {
    private final AccountRepository accounts;
    private final TenantRules rules;

    AccountLock(AccountRepository accounts, TenantRules rules) {
        this.accounts = accounts;
        this.rules = rules;
    }

    /** Emits the account with its row locked. Fails with {@code NOT_FOUND} when there is no such account in the scope. */
    Mono<Account> lock(String id, TenantScope tenants) {
        return accounts.findByIdForUpdate(id)
                .filter(account -> tenants.includes(account.tenantId()))
                .switchIfEmpty(
                        Mono.error(() -> PortcullisException.of(ErrorCode.NOT_FOUND, "No account has this id.")));
    }

    /**
     * Emits the account with its row locked, for a change after which it is no active administrator. Fails with
     * {@code CONFLICT} when it is the last one of all tenants, and with
     * {@code NOT_FOUND} when there is no such account in the scope.
     *
     * <p>Only a change of an administrator takes the lock of the administrators, so that other changes do not wait for each
     * other. If the account becomes an administrator between the first look and the lock of its row, the locks are taken in the
     * other order; of two such transactions that wait for each other MySQL aborts one, which is then repeated.
     */
    Mono<Account> lockUnlessLastAdministrator(String id, TenantScope tenants) {
        return accounts.findById(id)
                .filter(account -> tenants.includes(account.tenantId()) && isActiveAdministrator(account))
                .flatMap(administrator -> countOthers(id))
                .then(lock(id, tenants))
                .delayUntil(this::requireAnother);
    }

    private Mono<Void> requireAnother(Account locked) {
        return isActiveAdministrator(locked)
                ? countOthers(locked.id())
                        .filter(others -> others == 0)
                        .flatMap(
                                none -> Mono.error(
                                        PortcullisException.of(
                                                ErrorCode.CONFLICT,
                                                "this is the last active administrator (expected: another enabled account with the role admin)")))
                : Mono.empty();
    }

    private Mono<Long> countOthers(String id) {
        return accounts.countOtherEnabledForUpdate(AccountService.ADMIN_ROLE, id, rules);
    }

    /** Excludes the administrators of one tenant, because an administrator of all tenants can appoint others. */
    private boolean isActiveAdministrator(Account account) {
        return !account.disabled()
                && account.roles().contains(AccountService.ADMIN_ROLE)
                && rules.isUnrestricted(account.tenantId());
    }
}
