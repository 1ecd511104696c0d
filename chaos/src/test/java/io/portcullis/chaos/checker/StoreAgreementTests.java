package io.portcullis.chaos.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StoreAgreementTests {
    private static StoreSnapshot stores(Map<String, Boolean> redis, boolean emptied) {
        return new StoreSnapshot(Set.of("revoked"), Set.of(), Set.of("current"), redis, emptied);
    }

    @Test
    void checkWhenStoresAgreeThenNothing() {
        assertThat(StoreAgreement.check(stores(Map.of("current", true, "revoked", false), false)))
                .isEmpty();
        assertThat(StoreAgreement.check(stores(Map.of("revoked", false), false)))
                .isEmpty();
    }

    @Test
    void checkWhenRedisPassesWhatIsRevokedOrUnknownThenBroken() {
        assertThat(StoreAgreement.check(stores(Map.of("revoked", true), false))).hasSize(1);
        assertThat(StoreAgreement.check(stores(Map.of("revoked", false, "gone", true), false)))
                .hasSize(1);
    }

    @Test
    void checkWhenTombstoneIsMissingThenBrokenUnlessRedisWasEmptied() {
        assertThat(StoreAgreement.check(stores(Map.of(), false))).hasSize(1);
        assertThat(StoreAgreement.check(stores(Map.of(), true))).isEmpty();
    }

    @Test
    void checkWhenLedgerEntryIsNotReplayedThenBroken() {
        var stores = new StoreSnapshot(Set.of("revoked"), Set.of("revoked"), Set.of(), Map.of("revoked", false), false);
        assertThat(StoreAgreement.check(stores)).hasSize(1);
    }

    @Test
    void checkWhenTombstoneOfALogoutThatWasRolledBackThenNothing() {
        assertThat(StoreAgreement.check(stores(Map.of("current", false, "revoked", false), false)))
                .isEmpty();
    }
}
