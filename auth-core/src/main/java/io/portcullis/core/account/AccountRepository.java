package io.portcullis.core.account;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Port: where accounts are kept. Errors are {@code UNAVAILABLE} unless said otherwise. */
public interface AccountRepository {

    /** The account of that exact name; empty when there is none. */
    Mono<Account> findByUsername(String username);

    /** The account of that id; empty when there is none. */
    Mono<Account> findById(String id);

    /**
     * The account of that name, locked in share mode until the surrounding transaction ends, so that a login and a
     * disabling of the same account happen one after the other. Empty when there is none. Where an existing user table is
     * queried ({@code portcullis.account.query}) nothing is locked.
     */
    Mono<Account> findByUsernameForShare(String username);

    /**
     * Whether no account has a password of more than 72 bytes of UTF-8, because none can be set. False where an existing user table is
     * queried: of a longer password its hashes may hold the first 72 bytes.
     */
    boolean boundsPasswords();

    /** Adds an account; {@code USERNAME_TAKEN} when the name exists. */
    Mono<Void> insert(Account account);

    /**
     * Adds the account if there is no account at all; emits the number of accounts added, 0 or 1. Nodes that do so at once take turns
     * until the end of the surrounding transaction, so that one of them adds its account, whatever the names are.
     */
    Mono<Long> insertFirst(Account account);

    /**
     * How many enabled accounts have the role, that one aside. No other transaction gets an answer until the surrounding one has ended,
     * so that two that disable accounts of a role at once decide one after the other.
     */
    Mono<Long> countOtherEnabledForUpdate(String role, String id);

    /** Sets the status; emits the number of accounts changed or already so, 0 when there is no such account. */
    Mono<Long> updateStatus(String id, AccountStatus status);

    /** Sets the password hash; emits the number of accounts of that id, 0 or 1. */
    Mono<Long> updatePasswordHash(String id, String passwordHash);

    /**
     * Sets the password hash if it still is {@code expected}; emits 1, or 0 when the account is gone or has another hash by now. A
     * password that was checked against {@code expected} thus never overwrites one that was set in the meantime.
     */
    Mono<Long> replacePasswordHash(String id, String expected, String passwordHash);

    /** One page, by time of creation, newest first; {@code usernamePrefix} null for all. */
    Mono<Page<Account>> page(@Nullable String usernamePrefix, PageRequest request);

    /** How many accounts there are. */
    Mono<Long> count();
}
