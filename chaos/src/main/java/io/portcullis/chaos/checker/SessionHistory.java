package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.History;
import io.portcullis.chaos.history.IssuedPair;
import io.portcullis.chaos.history.Kind;
import io.portcullis.chaos.history.ObservedStream;
import io.portcullis.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The operations on one session in the order of sending, and the family of its tokens. */
final class SessionHistory {
    /** The error codes of an ended session, see the README. */
    private static final int FIRST_SESSION_CODE = 1002000020;

    private static final int LAST_SESSION_CODE = 1002000029;
    static final int REUSE = 1002000023;

    /** The proxied requests, those that open streams included. */
    final List<Operation> calls = new ArrayList<>();

    final List<Operation> refreshes = new ArrayList<>();
    /** The logouts and kicks of this session, with any outcome. */
    final List<Operation> ends = new ArrayList<>();
    /** The logouts and kicks that certainly cover this session. A kick of its user may have preceded the login. */
    final List<Operation> certainEnds = new ArrayList<>();
    /** The streams that were opened. */
    final List<ObservedStream> streams = new ArrayList<>();

    private final Operation login;
    private final Map<String, Issue> byAccess = new HashMap<>();
    private final Map<String, Issue> byRefresh = new HashMap<>();

    private SessionHistory(Operation login) {
        this.login = login;
    }

    /** Returns the sessions whose login was answered. */
    static List<SessionHistory> of(History history) {
        List<Operation> ordered = history.operations().stream()
                .sorted(Comparator.comparingLong(Operation::invokedAt))
                .toList();
        Map<String, SessionHistory> sessions = new HashMap<>();
        ordered.stream()
                .filter(operation -> operation.kind() == Kind.LOGIN && operation.session() != null)
                .forEach(login -> sessions.put(Objects.requireNonNull(login.session()), new SessionHistory(login)));
        List<SessionHistory> all = List.copyOf(sessions.values());
        for (Operation operation : ordered) {
            if (operation.kind() == Kind.KICK_USER) {
                all.forEach(session -> session.addUserKick(operation));
            } else if (sessions.containsKey(operation.session())) {
                Objects.requireNonNull(sessions.get(operation.session())).add(operation);
            }
        }
        for (ObservedStream stream : history.streams()) {
            SessionHistory session = sessions.get(stream.opening().session());
            if (session != null) {
                session.streams.add(stream);
            }
        }
        all.forEach(SessionHistory::buildFamily);
        return all;
    }

    private void add(Operation operation) {
        switch (operation.kind()) {
            case CALL, STREAM -> calls.add(operation);
            case REFRESH -> refreshes.add(operation);
            case LOGOUT, KICK -> {
                ends.add(operation);
                certainEnds.add(operation);
            }
            case LOGIN, KICK_USER -> {
                // The constructor receives the login, and addUserKick the kicks of a user.
            }
        }
    }

    private void addUserKick(Operation kick) {
        if (!Objects.equals(kick.user(), login.user()) || kick.completedAt() - login.invokedAt() < 0) {
            return;
        }
        ends.add(kick);
        if (login.completedAt() - kick.invokedAt() < 0) {
            certainEnds.add(kick);
        }
    }

    private void buildFamily() {
        register(new Issue(Objects.requireNonNull(login.issued()), null, login));
        for (Operation refresh : refreshes) {
            IssuedPair pair = refresh.issued();
            // Refreshes are in the order of sending, so that the first of several callers with the same pair counts.
            if (pair != null && !byAccess.containsKey(pair.access())) {
                register(new Issue(pair, refresh.presented(), refresh));
            }
        }
    }

    private void register(Issue issue) {
        byAccess.put(issue.pair.access(), issue);
        byRefresh.put(issue.pair.refresh(), issue);
    }

    @Nullable
    Issue issueOfAccess(@Nullable String digest) {
        return byAccess.get(digest);
    }

    @Nullable
    Issue issueOfRefresh(@Nullable String digest) {
        return byRefresh.get(digest);
    }

    /** Returns whether a response has shown the pair as the successor of the refresh token. */
    boolean isSuccessor(String refresh, Issue issue) {
        return refresh.equals(issue.parent);
    }

    /** Returns the first answered logout, kick or reuse that certainly ended the session, null if there is none. */
    @Nullable
    Operation firstCertainEnd() {
        return Stream.concat(
                        certainEnds.stream().filter(Operation::ok),
                        refreshes.stream().filter(this::isReuse))
                .min(Comparator.comparingLong(Operation::completedAt))
                .orElse(null);
    }

    /**
     * Returns whether the node that answered {@code end} is the one that ended the session. Another node may have done so if it was asked
     * before that answer; a refresh without success may have ended the session as reuse.
     */
    boolean endedAtOneNode(Operation end) {
        return Stream.concat(ends.stream(), refreshes.stream().filter(refresh -> !refresh.ok()))
                .filter(asked -> asked.invokedAt() - end.completedAt() < 0)
                .allMatch(asked -> asked.node() == end.node());
    }

    /** Returns the first refusal that stated the end of the session as its reason, null if there is none. */
    @Nullable
    Operation firstCertainDenial() {
        return Stream.concat(calls.stream(), refreshes.stream())
                .filter(operation -> operation.failed() && statesSessionEnd(operation))
                .min(Comparator.comparingLong(Operation::completedAt))
                .orElse(null);
    }

    boolean isReuse(Operation refresh) {
        return refresh.failed() && refresh.code() == REUSE;
    }

    static boolean statesSessionEnd(Operation operation) {
        return operation.code() >= FIRST_SESSION_CODE && operation.code() <= LAST_SESSION_CODE;
    }

    /**
     * A pair of the family.
     *
     * @param parent the refresh token that the pair was exchanged for, null for the pair of the login
     * @param issuedBy the first operation, in the order of sending, whose response contained the pair
     */
    record Issue(IssuedPair pair, @Nullable String parent, Operation issuedBy) {}
}
