package io.portcullis.core.token.use;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The uses of this node that wait for MySQL, merged to one per row. Not thread-safe: only the flush uses it, and one flush runs at a
 * time.
 */
final class PendingUses {
    private final Map<TokenUse.Key, TokenUse> uses = new HashMap<>();
    private final Map<String, Integer> usesBySession = new HashMap<>();
    /** In the order in which they were first seen, so that a session that is always busy holds no other one up. */
    private final Map<String, SessionSighting> sightings = new LinkedHashMap<>();

    private final TokenUseSettings settings;
    private final TokenUseCounters counters;

    PendingUses(TokenUseSettings settings, TokenUseCounters counters) {
        this.settings = settings;
        this.counters = counters;
    }

    int size() {
        return uses.size();
    }

    /** Adds what was gathered. What exceeds a limit is dropped and counted. */
    void add(UseStripe.GatheredSession session) {
        SessionSighting seen =
                new SessionSighting(session.sessionId, Instant.ofEpochMilli(session.lastSeen), session.lastIp);
        if (sightings.containsKey(seen.sessionId()) || sightings.size() < settings.maxPending()) {
            sightings.merge(seen.sessionId(), seen, SessionSighting::latest);
        }
        for (UseStripe.Entry each = session.first; each != null; each = each.next) {
            add(new TokenUse(
                    each.digest,
                    session.sessionId,
                    session.userId,
                    each.ip,
                    each.hour,
                    Instant.ofEpochMilli(each.firstSeen),
                    Instant.ofEpochMilli(each.lastSeen),
                    session.tenantId));
        }
    }

    private void add(TokenUse use) {
        if (uses.computeIfPresent(use.key(), (key, known) -> known.mergedWith(use)) != null) {
            return;
        }
        if (usesBySession.getOrDefault(use.sessionId(), 0) >= settings.maxPerSession()) {
            counters.countDroppedForSession(1);
        } else if (uses.size() >= settings.maxPending()) {
            counters.countDroppedForMemory(1);
        } else {
            uses.put(use.key(), use);
            usesBySession.merge(use.sessionId(), 1, Integer::sum);
        }
    }

    /** Returns all uses in batches, in the order of their keys, so that two nodes lock the rows in the same order. */
    List<List<TokenUse>> batches(int size) {
        List<TokenUse> sorted = uses.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
        return partitioned(sorted, size);
    }

    List<List<SessionSighting>> sightingBatches(int size) {
        return partitioned(List.copyOf(sightings.values()), size);
    }

    private static <T> List<List<T>> partitioned(List<T> all, int size) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += size) {
            parts.add(all.subList(from, Math.min(from + size, all.size())));
        }
        return parts;
    }

    void remove(Collection<TokenUse> done) {
        for (TokenUse use : done) {
            if (uses.remove(use.key()) != null) {
                usesBySession.computeIfPresent(use.sessionId(), (id, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    void removeSighting(SessionSighting done) {
        sightings.remove(done.sessionId());
    }
}
