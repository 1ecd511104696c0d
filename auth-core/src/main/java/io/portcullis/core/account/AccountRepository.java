package io.portcullis.core.account;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Port: stores accounts, in the gateway's own table or in an existing user table. An error is {@code UNAVAILABLE}
 * unless the method names another. With an
 * existing user table, every change and every page is {@code BAD_REQUEST}.
 */
public interface AccountRepository {

    /**
     * Returns whether a username is unique within its tenant only, so that every look-up by username needs a tenant. True for an existing
     * user table whose query has the parameter {@code :tenant}.
     */
    boolean requiresTenant();

    /** Returns the tenant if a look-up by username needs one, otherwise null: the part of a user's name that the username lacks. */
    default @Nullable String qualifier(@Nullable String tenantId) {
        return requiresTenant() ? tenantId : null;
    }

    /**
     * Emits the account with exactly this username; empty when there is none.
     *
     * @param tenantId the tenant in which to look, where {@link #requiresTenant}: without one the result is empty. Otherwise ignored
     */
    Mono<Account> findByUsername(String username, @Nullable String tenantId);

    /** Emits the account with this id; empty when there is none. */
    Mono<Account> findById(String id);

    /**
     * Emits the account with this id and locks its row until the surrounding transaction ends; empty when there is
     * none. Every change of an account begins with it.
     */
    Mono<Account> findByIdForUpdate(String id);

    /**
     * Emits the account as {@link #findByUsername} does and locks its row in share mode until the surrounding transaction
     * ends. The lock serializes a login with a concurrent disabling of the same account. Empty when there is none.
     * With an existing user table ({@code portcullis.account.query}) no row is locked.
     */
    Mono<Account> findByUsernameForShare(String username, @Nullable String tenantId);

    /**
     * Tells whether no account can have a password of more than 72 bytes in UTF-8. False for an existing user table: its hashes may have
     * been made from the first 72 bytes of a longer password.
     */
    boolean limitsPasswordLength();

    /** Tells whether another application manages the accounts, so that every change is {@code BAD_REQUEST}. */
    boolean isReadOnly();

    /** Inserts an account. Fails with {@code USERNAME_TAKEN} when the username exists. */
    Mono<Void> insert(Account account);

    /**
     * Inserts the account if the table has no account yet. Emits the number of inserted accounts, 0 or 1. Concurrent
     * calls on several nodes are serialized until the surrounding transaction ends, so at most one of them inserts
     * its account, even if the usernames differ.
     */
    Mono<Long> insertFirst(Account account);

    /**
     * Emits the number of enabled accounts, other than the given one, that have the role and a tenant that the rules do not restrict. The
     * count holds a lock until the surrounding transaction ends, so that of two transactions that take the role from accounts, or disable
     * or delete them, one decides after the other. To prevent deadlocks the lock is taken before that of an account's row.
     */
    Mono<Long> countOtherEnabledForUpdate(String role, String id, TenantRules rules);

    /**
     * Sets the status of the account. Emits 1, also when the account already had the status, or 0 when there is no
     * such account.
     */
    Mono<Long> updateStatus(String id, AccountStatus status);

    /** Sets the roles of the account. Emits 1, or 0 when there is no such account. */
    Mono<Long> updateRoles(String id, Set<String> roles);

    /** Deletes the account, whose username can be used again. Emits 1, or 0 when there is no such account. */
    Mono<Long> delete(String id);

    /** Sets the password hash of the account. Emits 1, or 0 when there is no such account. */
    Mono<Long> updatePasswordHash(String id, String passwordHash);

    /**
     * Sets the password hash if the stored hash still equals {@code expected}. Emits 1, or 0 when the account no
     * longer exists or has another hash. The comparison prevents a password change that was checked against
     * {@code expected} from overwriting a concurrent one.
     */
    Mono<Long> replacePasswordHash(String id, String expected, String passwordHash);

    /** Emits one page of the accounts in the scope, newest first. A null {@code usernamePrefix} matches every account. */
    Mono<Page<Account>> page(TenantScope tenants, @Nullable String usernamePrefix, PageRequest request);

    /** Emits the number of accounts. */
    Mono<Long> count();
}
