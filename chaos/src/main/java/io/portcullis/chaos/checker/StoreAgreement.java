package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks property (e): after everything has healed, MySQL, its ledger and Redis agree.
 *
 * <p>A tombstone for a token that MySQL accepts is no violation. It remains after a logout whose commit failed, and is on the
 * safe side.
 */
public final class StoreAgreement {
    private StoreAgreement() {}

    /** Returns the disagreements between the stores, without evidence from the history. */
    public static List<Violation> check(StoreSnapshot stores) {
        List<Violation> violations = new ArrayList<>();
        stores.redis().forEach((digest, live) -> {
            if (live && !stores.current().contains(digest)) {
                violations.add(violation("Redis accepts a token that MySQL does not", digest));
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

    private static Violation violation(String description, String digest) {
        return new Violation(Property.STORES_AGREE, description + ": token " + Operation.shorten(digest), List.of());
    }
}
