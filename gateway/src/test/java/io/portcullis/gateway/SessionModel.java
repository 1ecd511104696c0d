package io.portcullis.gateway;

import io.portcullis.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The session protocol of docs/design.md section 6 in plain words: for each token, whether it passes. Times are seconds. */
final class SessionModel implements SessionProtocol {
    static final long GRACE = 60;
    static final long ACCESS_TTL = 30 * 60;
    static final long MAX_LIFETIME = 90L * 24 * 60 * 60;

    private static final class Session {
        final int user;
        final long expires;
        /** Codes that may tell of the end; empty while the session lives. */
        final Set<ErrorCode> ends = new TreeSet<>();

        final List<Long> accessExpiries = new ArrayList<>();
        /** Whether one of two calls at the same time has ended it. */
        boolean justEnded;
        /** The end of the grace window of the pair before the newest. */
        long graceEnd;

        Session(int user, long now) {
            this.user = user;
            this.expires = now + MAX_LIFETIME;
        }

        int issue(long now) {
            graceEnd = now + GRACE;
            accessExpiries.add(Math.min(now + ACCESS_TTL, expires));
            return newest();
        }

        int newest() {
            return accessExpiries.size() - 1;
        }

        Session copy() {
            Session copy = new Session(user, expires - MAX_LIFETIME);
            copy.ends.addAll(ends);
            copy.accessExpiries.addAll(accessExpiries);
            copy.graceEnd = graceEnd;
            return copy;
        }

        @Override
        public String toString() {
            return user + " until " + expires + ", ended: " + ends + ", pairs: " + accessExpiries + ", grace: "
                    + graceEnd;
        }
    }

    private final Map<Integer, Session> sessions = new TreeMap<>();
    private final Set<Integer> disabled = new TreeSet<>();
    private long now;
    private boolean oneOfTwo;
    /** The state in which the token of a call is checked, if it is not the one in which the call acts. */
    private @Nullable SessionModel checkedIn;

    /** Returns a copy for two calls that run at the same time. */
    SessionModel copyForTwo() {
        SessionModel copy = copy();
        copy.oneOfTwo = true;
        return copy;
    }

    /** Returns a copy for two calls that run at the same time, whose tokens are checked before either acts. */
    SessionModel copyForTwoAfterCheck() {
        SessionModel copy = copyForTwo();
        copy.checkedIn = this;
        return copy;
    }

    /** Ends what the copies for two began. */
    void settle() {
        checkedIn = null;
        oneOfTwo = false;
        sessions.values().forEach(session -> session.justEnded = false);
    }

    SessionModel copy() {
        SessionModel copy = new SessionModel();
        sessions.forEach((number, session) -> copy.sessions.put(number, session.copy()));
        copy.disabled.addAll(disabled);
        copy.now = now;
        copy.checkedIn = checkedIn;
        copy.oneOfTwo = oneOfTwo;
        return copy;
    }

    /** Equal for models that allow the same. */
    @Override
    public String toString() {
        return now + " " + disabled + " " + sessions;
    }

    @Override
    public int pairs(int session) {
        Session found = sessions.get(session);
        return found == null ? 0 : found.accessExpiries.size();
    }

    private @Nullable Session find(int session, int pair) {
        Session found = sessions.get(session);
        return found != null && pair >= 0 && pair < found.accessExpiries.size() ? found : null;
    }

    private boolean lives(Session session) {
        return session.ends.isEmpty() && now < session.expires;
    }

    private boolean passes(Session session, int pair) {
        return lives(session)
                && now < session.accessExpiries.get(pair)
                && (pair == session.newest() || inGrace(session, pair));
    }

    private boolean inGrace(Session session, int pair) {
        return pair == session.newest() - 1 && now < session.graceEnd;
    }

    /** Of two calls at the same time that end several sessions, each ends them one after another, so either may be the first at a session. */
    private void end(Session session, ErrorCode reason) {
        if (session.ends.isEmpty() || session.justEnded) {
            session.justEnded = oneOfTwo;
            session.ends.add(reason);
            if (now >= session.expires) {
                // The janitor may have been faster.
                session.ends.add(ErrorCode.SESSION_EXPIRED);
            }
        }
    }

    private Set<String> endAll(Stream<Session> ended, ErrorCode reason) {
        ended.forEach(session -> end(session, reason));
        return Set.of(DONE);
    }

    private Stream<Session> of(int user) {
        return sessions.values().stream().filter(session -> session.user == user);
    }

    private static Set<String> codes(Set<ErrorCode> ends) {
        return ends.stream().map(code -> "" + code.code()).collect(Collectors.toSet());
    }

    @Override
    public Set<String> login(int user, int session) {
        if (disabled.contains(user)) {
            return Set.of(DISABLED);
        }
        Session opened = new Session(user, now);
        sessions.put(session, opened);
        return Set.of("pair " + opened.issue(now));
    }

    @Override
    public Set<String> check(int session, int pair) {
        Session asked = find(session, pair);
        if (asked == null) {
            return Set.of(NOTHING);
        }
        return passes(asked, pair) ? Set.of(PASSES) : lives(asked) ? Set.of(REFUSED) : Set.of(REFUSED, OVER);
    }

    @Override
    public Set<String> refresh(int session, int pair) {
        Session refreshed = find(session, pair);
        if (refreshed == null) {
            return Set.of(NOTHING);
        }
        if (!lives(refreshed)) {
            return refreshed.ends.isEmpty() ? codes(Set.of(ErrorCode.SESSION_EXPIRED)) : codes(refreshed.ends);
        }
        if (pair == refreshed.newest()) {
            return Set.of("pair " + refreshed.issue(now));
        }
        if (inGrace(refreshed, pair)) {
            return Set.of("pair " + refreshed.newest());
        }
        end(refreshed, ErrorCode.SESSION_REUSE);
        return codes(refreshed.ends);
    }

    @Override
    public Set<String> logout(int session, int pair, Presented presented) {
        Session left = find(session, pair);
        return left == null ? Set.of(NOTHING) : endAll(Stream.of(left), ErrorCode.SESSION_LOGGED_OUT);
    }

    @Override
    public Set<String> logoutOfTwo(int first, int second) {
        Session one = find(first, 0);
        Session other = find(second, 0);
        return one == null || other == null
                ? Set.of(NOTHING)
                : endAll(Stream.of(one, other), ErrorCode.SESSION_LOGGED_OUT);
    }

    @Override
    public Set<String> logoutWithExpired(int session) {
        return logout(session, 0, Presented.ACCESS);
    }

    @Override
    public Set<String> logoutAll(int session, int pair) {
        Session caller = find(session, pair);
        if (caller == null) {
            return Set.of(NOTHING);
        }
        return authorised(session, pair) ? endAll(of(caller.user), ErrorCode.SESSION_LOGGED_OUT) : check(session, pair);
    }

    private boolean authorised(int session, int pair) {
        SessionModel checked = checkedIn == null ? this : checkedIn;
        Session caller = checked.find(session, pair);
        return caller != null && checked.passes(caller, pair);
    }

    @Override
    public Set<String> changePassword(int session, int pair) {
        Session caller = find(session, pair);
        if (caller == null) {
            return Set.of(NOTHING);
        }
        return passes(caller, pair)
                ? endAll(of(caller.user).filter(other -> other != caller), ErrorCode.SESSION_PASSWORD_CHANGED)
                : check(session, pair);
    }

    @Override
    public Set<String> kick(int session) {
        Session kicked = find(session, 0);
        return kicked == null ? Set.of(NOTHING) : endAll(Stream.of(kicked), ErrorCode.SESSION_KICKED);
    }

    @Override
    public Set<String> kickUser(int user) {
        return endAll(of(user), ErrorCode.SESSION_KICKED);
    }

    @Override
    public Set<String> setEnabled(int user, boolean enabled) {
        boolean unused = enabled ? disabled.remove(user) : disabled.add(user);
        return enabled ? Set.of(DONE) : endAll(of(user), ErrorCode.SESSION_ACCOUNT_DISABLED);
    }

    @Override
    public Set<String> resetPassword(int user) {
        return endAll(of(user), ErrorCode.SESSION_PASSWORD_CHANGED);
    }

    @Override
    public Set<String> pass(long seconds) {
        now += seconds;
        return Set.of(DONE);
    }

    @Override
    public Set<String> flush() {
        return Set.of(DONE);
    }
}
