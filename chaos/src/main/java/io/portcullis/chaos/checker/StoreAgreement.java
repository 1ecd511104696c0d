package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * Property (e): after everything heals, MySQL, its ledger and Redis agree.
 *
 * <p>A tombstone for a token that MySQL would let pass is no violation: it is what a logout leaves behind whose commit failed, which
 * errs on the safe side.
 */
public final class StoreAgreement {
    private StoreAgreement() {}

    public static List<Violation> check(StoreSnapshot stores) {
        List<Violation> violations = new ArrayList<>();
        stores.redis().forEach((digest, live) -> {
            if (live && !stores.current().contains(digest)) {
                violations.add(violation("Redis lets pass what MySQL does not", digest));
            }
        });
        for (String digest : stores.revoked()) {
            if (!stores.redis().containsKey(digest) && !stores.emptied()) {
                violations.add(violation("Redis has no tombstone for an entry of the ledger", digest));
            }
        }
        stores.unapplied()
                .forEach(digest -> violations.add(violation("an entry of the ledger was not replayed", digest)));
        return violations;
    }

    private static Violation violation(String what, String digest) {
        return new Violation(Property.STORES_AGREE, what + ": token " + Operation.brief(digest), List.of());
    }
}
