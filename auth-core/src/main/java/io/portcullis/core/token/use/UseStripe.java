package io.portcullis.core.token.use;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A part of the gathered uses. At most one thread is in it; another one does not wait, see {@link #tryEnter}. All other methods may be
 * called only between {@link #tryEnter} and {@link #leave}.
 */
final class UseStripe {
    /** Represents what became of a use. */
    enum Outcome {
        ADDED,
        STRIPE_FULL,
        SESSION_FULL
    }

    private final AtomicBoolean entered = new AtomicBoolean();
    private final int maxUses;
    private final int maxPerSession;
    private Map<String, GatheredSession> sessions = new HashMap<>();
    private int size;

    UseStripe(int maxUses, int maxPerSession) {
        this.maxUses = maxUses;
        this.maxPerSession = maxPerSession;
    }

    boolean tryEnter() {
        return !entered.get() && entered.compareAndSet(false, true);
    }

    void leave() {
        entered.set(false);
    }

    int size() {
        return size;
    }

    Outcome add(String digest, String sessionId, String userId, @Nullable String tenantId, String ip, long now) {
        GatheredSession session = sessions.get(sessionId);
        if (session == null) {
            if (size >= maxUses) {
                return Outcome.STRIPE_FULL;
            }
            session = new GatheredSession(sessionId, userId, tenantId);
            sessions.put(sessionId, session);
        }
        session.see(ip, now);
        if (session.extend(digest, ip, now)) {
            return Outcome.ADDED;
        }
        if (session.count >= maxPerSession) {
            return Outcome.SESSION_FULL;
        }
        if (size >= maxUses) {
            return Outcome.STRIPE_FULL;
        }
        session.add(digest, ip, now);
        size++;
        return Outcome.ADDED;
    }

    /** Returns the gathered sessions and forgets them. */
    Map<String, GatheredSession> take() {
        Map<String, GatheredSession> taken = sessions;
        sessions = new HashMap<>();
        size = 0;
        return taken;
    }

    /** The uses of a session's tokens, as a list, because most sessions use one token from one address. */
    static final class GatheredSession {
        final String sessionId;
        final String userId;
        final @Nullable String tenantId;
        String lastIp = "";
        long lastSeen;
        int count;

        @Nullable
        Entry first;

        GatheredSession(String sessionId, String userId, @Nullable String tenantId) {
            this.sessionId = sessionId;
            this.userId = userId;
            this.tenantId = tenantId;
        }

        void see(String ip, long now) {
            if (now >= lastSeen) {
                lastSeen = now;
                lastIp = ip;
            }
        }

        boolean extend(String digest, String ip, long now) {
            long hour = now / TokenUse.MILLIS_PER_HOUR;
            int hash = hash(digest, ip);
            for (Entry each = first; each != null; each = each.next) {
                if (each.hash == hash && each.hour == hour && each.digest.equals(digest) && each.ip.equals(ip)) {
                    each.lastSeen = Math.max(each.lastSeen, now);
                    return true;
                }
            }
            return false;
        }

        void add(String digest, String ip, long now) {
            first = new Entry(digest, ip, now, first);
            count++;
        }
    }

    private static int hash(String digest, String ip) {
        return 31 * digest.hashCode() + ip.hashCode();
    }

    /** The uses of one token from one address within an hour. */
    static final class Entry {
        final String digest;
        final String ip;
        final int hash;
        final long hour;
        final long firstSeen;
        long lastSeen;
        final @Nullable Entry next;

        Entry(String digest, String ip, long now, @Nullable Entry next) {
            this.digest = digest;
            this.ip = ip;
            this.hash = hash(digest, ip);
            this.hour = now / TokenUse.MILLIS_PER_HOUR;
            this.firstSeen = now;
            this.lastSeen = now;
            this.next = next;
        }
    }
}
