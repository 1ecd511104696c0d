package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.throttle.PasswordAttempt;
import io.portcullis.core.transaction.Transactions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Replaces an outdated password hash after a login, which is when the password is known. The login does not wait, and a failure only means
 * that the next login tries again. A hash that was changed since the login's check is kept, because the replacement is conditional on the
 * hash that was checked.
 */
final class PasswordRehash {
    private static final Logger log = LoggerFactory.getLogger(PasswordRehash.class);

    private final PasswordHasher hasher;
    private final AccountRepository accounts;
    private final Transactions transactions;
    /** The ids of the accounts whose hash is being replaced, so that a burst of logins computes one hash. */
    private final Set<String> inProgress = ConcurrentHashMap.newKeySet();

    PasswordRehash(PasswordHasher hasher, AccountRepository accounts, Transactions transactions) {
        this.hasher = hasher;
        this.accounts = accounts;
        this.transactions = transactions;
    }

    /** Starts the replacement if the account's hash is outdated and the accounts can be changed. Returns at once. */
    void start(PasswordAttempt attempt, Account account) {
        if (accounts.isReadOnly() || !hasher.isOutdated(account.passwordHash()) || !inProgress.add(account.id())) {
            return;
        }
        var task = BackgroundWork.run(replace(attempt, account))
                .onErrorResume(error -> {
                    log.info(
                            "Cannot replace the outdated password hash of account {}; its next login tries again: {}",
                            account.id(),
                            RootCause.describe(error));
                    return Mono.empty();
                })
                .doFinally(end -> inProgress.remove(account.id()))
                .then();
        var unused = BackgroundWork.start("rehash", task);
    }

    private Mono<Long> replace(PasswordAttempt attempt, Account account) {
        return hasher.hash(attempt.block().site(), attempt.password())
                .flatMap(hash ->
                        transactions.execute(accounts.replacePasswordHash(account.id(), account.passwordHash(), hash)));
    }
}
