package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Accounts.anAccount;
import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.paging.PageRequest;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

@Timeout(180)
class R2dbcAccountRepositoryIT extends AccountRepositoryContract {
    private static final String DISABLED =
            ", which this release does not know: each account with it counts as disabled";

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcAccountRepository repository = new R2dbcAccountRepository(store.client);
    private final String username = "alice-" + UUID.randomUUID();
    private final Account account = anAccount(username);
    private final Account enabled = anAccount("enabled-" + UUID.randomUUID());
    private final Account disabled = disabled(anAccount("disabled-" + UUID.randomUUID()));

    private static Account disabled(Account account) {
        return new Account(
                account.id(),
                account.username(),
                account.passwordHash(),
                AccountStatus.DISABLED,
                account.roles(),
                account.userType(),
                account.createdAt());
    }

    @BeforeEach
    void insertAccountsOfTheContract() {
        run(repository.insert(enabled));
        run(repository.insert(disabled));
        assertThat(await(repository.updateStatus(disabled.id(), AccountStatus.DISABLED)))
                .isEqualTo(1);
    }

    @Override
    AccountRepository repository() {
        return repository;
    }

    @Override
    Account enabled() {
        return enabled;
    }

    @Override
    Account disabled() {
        return disabled;
    }

    @Test
    void findWhenInsertedThenEqual() {
        run(repository.insert(account));

        assertThat(await(repository.findByUsername(username, null))).isEqualTo(account);
        assertThat(await(repository.findByUsernameForShare(username, null))).isEqualTo(account);
        assertThat(await(repository.findById(account.id()))).isEqualTo(account);
        assertThat(repository.findByUsername(username + " ", null).blockOptional())
                .isEmpty();
        assertThat(repository
                        .findByUsername(username.toUpperCase(Locale.ROOT), null)
                        .blockOptional())
                .isEmpty();
    }

    @Test
    void insertWhenNameExistsThenUsernameTaken() {
        run(repository.insert(account));

        assertThatThrownBy(() -> run(store.transactions.execute(repository.insert(anAccount(username)))))
                .isInstanceOfSatisfying(
                        PortcullisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USERNAME_TAKEN));
    }

    @Test
    void updateStatusWhenAlreadySoThenCounts() {
        run(repository.insert(account));

        assertThat(await(repository.updateStatus(account.id(), AccountStatus.DISABLED)))
                .isEqualTo(1);
        assertThat(await(repository.updateStatus(account.id(), AccountStatus.DISABLED)))
                .isEqualTo(1);
        assertThat(await(repository.updateStatus("none", AccountStatus.DISABLED)))
                .isZero();
        assertThat(await(repository.findById(account.id())).disabled()).isTrue();
    }

    /** Verifies that a status of a later release does not fail a login, a refresh or a page of accounts. */
    @Test
    void findWhenTheStatusIsUnknownThenDisabledAndOneLogLinePerStatusTells() {
        var locked = anAccount("bob-" + UUID.randomUUID());
        run(repository.insert(account).then(repository.insert(locked)));
        store.execute("UPDATE account SET status = 'SUSPENDED' WHERE id = '" + account.id() + "'");
        store.execute("UPDATE account SET status = 'LOCKED' WHERE id = '" + locked.id() + "'");
        var log = (Logger) LoggerFactory.getLogger(R2dbcAccountRepository.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        log.addAppender(lines);

        assertThat(await(repository.findByUsername(username, null)).disabled()).isTrue();
        assertThat(await(repository.findByUsername(username, null)).disabled()).isTrue();
        assertThat(await(repository.findByUsername(locked.username(), null)).disabled())
                .isTrue();
        log.detachAppender(lines);

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Account " + account.id() + " has the status 'SUSPENDED'" + DISABLED,
                        "Account " + locked.id() + " has the status 'LOCKED'" + DISABLED);
        assertThat(await(repository.findById(account.id())).disabled()).isTrue();
        assertThat(await(repository.findByUsernameForShare(username, null)).disabled())
                .isTrue();
        assertThat(await(repository.page(TenantScope.ALL, username, new PageRequest(1, 5)))
                        .list())
                .singleElement()
                .matches(Account::disabled);
    }

    @Test
    void updatePasswordHashWhenCalledThenKept() {
        run(repository.insert(account));

        assertThat(await(repository.updatePasswordHash(account.id(), "{noop}y")))
                .isEqualTo(1);
        assertThat(await(repository.findById(account.id())).passwordHash()).isEqualTo("{noop}y");
        assertThat(await(repository.count())).isPositive();
    }

    @Test
    void pageWhenPrefixThenMatchesFromTheStart() {
        run(repository.insert(account));

        assertThat(await(repository.page(TenantScope.ALL, username.substring(0, 20), new PageRequest(1, 5)))
                        .list())
                .containsExactly(account);
        assertThat(await(repository.page(TenantScope.ALL, "%" + username.substring(1), new PageRequest(1, 5)))
                        .total())
                .isZero();
        assertThat(await(repository.page(TenantScope.ALL, username, new PageRequest(2, 5)))
                        .list())
                .isEmpty();
    }

    @Test
    void insertWhenRoleHasCommaThenRefused() {
        Account odd = anAccount(username, "user,admin");

        assertThatThrownBy(() -> run(repository.insert(odd)))
                .isInstanceOfSatisfying(
                        PortcullisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST));
    }

    @Test
    void findByUsernameForShareWhenFoundThenAChangeWaitsForTheTransactionsEnd() {
        run(repository.insert(account));
        String changeable = "SELECT id FROM account WHERE id = '" + account.id() + "' FOR UPDATE SKIP LOCKED";
        var unlocked = Flux.defer(
                () -> store.client.sql(changeable).mapValue(String.class).all());

        var meanwhile = store.transactions.execute(repository
                .findByUsernameForShare(username, null)
                // Removes the transaction's context, so that the read uses another connection.
                .flatMap(found -> unlocked.collectList().contextWrite(context -> Context.empty())));

        assertThat(await(meanwhile)).isEmpty();
        assertThat(await(unlocked.collectList())).containsExactly(account.id());
    }

    @Test
    void replacePasswordHashWhenAnotherWasSetMeanwhileThenKeepsThatOne() {
        run(repository.insert(account));

        assertThat(await(repository.replacePasswordHash(account.id(), "{noop}x", "{noop}y")))
                .isEqualTo(1);
        assertThat(await(repository.replacePasswordHash(account.id(), "{noop}x", "{noop}z")))
                .isZero();
        assertThat(await(repository.findById(account.id())).passwordHash()).isEqualTo("{noop}y");
    }
}
