package io.portcullis.chaos.checker;

import java.util.Map;
import java.util.Set;

/**
 * The content of MySQL and Redis while no operation is in progress, by digests of access tokens. Entries that expire within the
 * next few seconds are left out.
 *
 * @param revoked the unexpired entries of the ledger
 * @param unapplied the unexpired entries that no node has marked as applied to Redis
 * @param current the access tokens that MySQL accepts
 * @param redis the entry of each digest in Redis: true for an identity, false for a tombstone
 * @param emptied whether Redis was emptied without a restart, so that tombstones may be missing; the gateway then checks an
 *     absent token in MySQL
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
