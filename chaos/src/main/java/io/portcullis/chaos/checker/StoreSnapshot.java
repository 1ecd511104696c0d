package io.portcullis.chaos.checker;

import java.util.Map;
import java.util.Set;

/**
 * What MySQL and Redis hold when nobody changes anything, by digests of access tokens. What expires within the next second or so is
 * left out of all of it.
 *
 * @param revoked unexpired entries of the ledger
 * @param unapplied those of them of which no node has noted that Redis holds their tombstone
 * @param current access tokens that MySQL would let pass
 * @param redis what Redis has under each digest: true for a caller's identity, false for a tombstone
 * @param emptied whether Redis was emptied without a restart, so that tombstones may be missing: what is absent is looked up in MySQL
 */
public record StoreSnapshot(
        Set<String> revoked, Set<String> unapplied, Set<String> current, Map<String, Boolean> redis, boolean emptied) {
    public StoreSnapshot {
        revoked = Set.copyOf(revoked);
        unapplied = Set.copyOf(unapplied);
        current = Set.copyOf(current);
        redis = Map.copyOf(redis);
    }
}
