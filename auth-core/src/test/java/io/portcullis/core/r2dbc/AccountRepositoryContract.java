package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Defines what {@link AccountRepository} promises of the gateway's own table and of an existing user table. The port says which
 * calls an existing user table refuses.
 */
@Timeout(180)
abstract class AccountRepositoryContract {

    /** Returns the repository under test. */
    abstract AccountRepository repository();

    /** Returns an enabled account that the table has. */
    abstract Account enabled();

    /** Returns a disabled account that the table has. */
    abstract Account disabled();

    @Test
    void findByUsernameWhenTheTableHasItThenEmitsTheAccount() {
        assertThat(await(repository().findByUsername(enabled().username(), null)))
                .isEqualTo(enabled());
        assertThat(await(repository().findByUsername(disabled().username(), null)))
                .isEqualTo(disabled());
    }

    @Test
    void findByUsernameForShareWhenTheTableHasItThenEmitsTheAccount() {
        assertThat(await(repository().findByUsernameForShare(enabled().username(), null)))
                .isEqualTo(enabled());
        assertThat(await(repository().findByUsernameForShare(disabled().username(), null)))
                .isEqualTo(disabled());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "", "a\u0000b", "\ud83d\ude00", "\ud800", "' OR ''='", "%", "_"})
    void findWhenNoAccountHasTheNameThenEmpty(String username) {
        assertThat(repository().findByUsername(username, null).blockOptional()).isEmpty();
        assertThat(repository().findByUsernameForShare(username, null).blockOptional())
                .isEmpty();
    }

    @Test
    void findByIdWhenThereIsNoneThenEmpty() {
        assertThat(repository().findById("none").blockOptional()).isEmpty();
    }

    @Test
    void countWhenTheTableHasAccountsThenPositive() {
        assertThat(await(repository().count())).isPositive();
    }
}
