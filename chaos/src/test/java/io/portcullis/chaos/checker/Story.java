package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.Disturbance;
import io.portcullis.chaos.history.Disturbance.Loss;
import io.portcullis.chaos.history.History;
import io.portcullis.chaos.history.IssuedPair;
import io.portcullis.chaos.history.Kind;
import io.portcullis.chaos.history.ObservedStream;
import io.portcullis.chaos.history.ObservedStream.Transport;
import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A history told by hand. Pair {@code n} of the one session has the tokens {@code an} and {@code rn}; the login hands out pair 1.
 * Times are milliseconds. Access tokens expire a minute after their pair was asked for.
 */
final class Story {
    static final Duration MAX_UNCHECKED = Duration.ofSeconds(3);
    static final Bounds EXACT = bounds(Duration.ZERO, Duration.ZERO, Duration.ZERO, false);
    static final Bounds CUT_OFF = bounds(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO, false);
    /** Under the policy {@code queue}, while a node's tombstones are late. */
    static final Bounds QUEUED = bounds(Bounds.QUEUED, Duration.ZERO, Duration.ZERO, false);
    /** Under the policy {@code reject}, with a logout that failed. */
    static final Bounds REJECT = bounds(Duration.ZERO, Duration.ZERO, Duration.ZERO, true);
    /** With clocks of the nodes that differ by 5 s. */
    static final Bounds SKEWED = bounds(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(5), false);

    static final String SESSION = "session";
    static final String USER = "alice";
    static final int LOGGED_OUT = 1002000020;
    static final int INVALID_REFRESH = 1002000010;

    private static final long TTL_MILLIS = 60_000;

    private final List<Operation> operations = new ArrayList<>();
    private final List<ObservedStream> streams = new ArrayList<>();
    private final List<Disturbance> disturbances = new ArrayList<>();

    static Story loggedIn(long invoked, long completed) {
        Story story = new Story();
        story.add(Kind.LOGIN, Outcome.OK, 200, 0, null, pair(1, invoked), null, invoked, completed);
        return story;
    }

    Story served(int pair, long invoked, long completed) {
        return add(Kind.CALL, Outcome.OK, 200, 0, "a" + pair, null, SESSION, invoked, completed);
    }

    Story refused(int pair, int code, long invoked, long completed) {
        return add(Kind.CALL, Outcome.FAIL, 401, code, "a" + pair, null, null, invoked, completed);
    }

    Story unanswered(int pair, long invoked, long completed) {
        return add(Kind.CALL, Outcome.UNKNOWN, 503, 503, "a" + pair, null, null, invoked, completed);
    }

    Story refreshed(int from, int to, long invoked, long completed) {
        return add(Kind.REFRESH, Outcome.OK, 200, 0, "r" + from, pair(to, invoked), null, invoked, completed);
    }

    Story refreshRefused(int from, int code, long invoked, long completed) {
        return add(Kind.REFRESH, Outcome.FAIL, 401, code, "r" + from, null, null, invoked, completed);
    }

    Story refreshUnanswered(int from, long invoked, long completed) {
        return add(Kind.REFRESH, Outcome.UNKNOWN, 503, 503, "r" + from, null, null, invoked, completed);
    }

    Story loggedOut(long invoked, long completed) {
        return add(Kind.LOGOUT, Outcome.OK, 200, 0, "a1", null, null, invoked, completed);
    }

    Story logoutUnanswered(long invoked, long completed) {
        return add(Kind.LOGOUT, Outcome.UNKNOWN, 503, 503, "a1", null, null, invoked, completed);
    }

    Story kicked(long invoked, long completed) {
        return add(Kind.KICK, Outcome.OK, 200, 0, null, null, null, invoked, completed);
    }

    /** A kick that another node answers than the one of all other operations. */
    Story kickedAtOtherNode(long invoked, long completed) {
        return succeeded(Kind.KICK, 1, null, SESSION, null, invoked, completed);
    }

    Story userKicked(long invoked, long completed) {
        return succeeded(Kind.KICK_USER, 0, USER, null, null, invoked, completed);
    }

    Story forgedServed(long invoked, long completed) {
        return succeeded(Kind.CALL, 0, null, null, "forged", invoked, completed);
    }

    Story servedAs(String other, long invoked, long completed) {
        return add(Kind.CALL, Outcome.OK, 200, 0, "a1", null, other, invoked, completed);
    }

    /** A stream at node 1 that the gateway cut after its last delivery. */
    Story streamCut(long invoked, long firstDelivery, long lastDelivery) {
        return stream(invoked, firstDelivery, lastDelivery, true);
    }

    /** A stream at node 1 that the client closed after its last delivery. */
    Story streamClosed(long invoked, long firstDelivery, long lastDelivery) {
        return stream(invoked, firstDelivery, lastDelivery, false);
    }

    private Story stream(long invoked, long firstDelivery, long lastDelivery, boolean cut) {
        Operation opening = new Operation(
                Kind.STREAM,
                1,
                1,
                null,
                SESSION,
                "a1",
                Outcome.OK,
                200,
                0,
                null,
                null,
                invoked * 1_000_000,
                firstDelivery * 1_000_000);
        streams.add(new ObservedStream(
                opening,
                Transport.EVENTS,
                2,
                firstDelivery * 1_000_000,
                lastDelivery * 1_000_000,
                2,
                lastDelivery * 1_000_000,
                cut));
        return add(opening);
    }

    /** A fault at one node. */
    Story disturbed(int node, long from, long over, long healed, Loss... losses) {
        disturbances.add(
                new Disturbance(Set.of(losses), Set.of(node), from * 1_000_000, over * 1_000_000, healed * 1_000_000));
        return this;
    }

    private static Bounds bounds(Duration stale, Duration staleWhereEnded, Duration skew, boolean halfDoneAllowed) {
        return new Bounds(
                stale,
                staleWhereEnded,
                Bounds.SUPERSEDED,
                Duration.ofSeconds(10),
                skew,
                halfDoneAllowed,
                MAX_UNCHECKED);
    }

    private static IssuedPair pair(int number, long at) {
        return new IssuedPair("a" + number, "r" + number, (at + TTL_MILLIS) * 1_000_000);
    }

    private Story add(
            Kind kind,
            Outcome outcome,
            int status,
            int code,
            @Nullable String presented,
            @Nullable IssuedPair issued,
            @Nullable String served,
            long invoked,
            long completed) {
        return add(new Operation(
                kind,
                1,
                0,
                kind == Kind.LOGIN ? USER : null,
                SESSION,
                presented,
                outcome,
                status,
                code,
                issued,
                served,
                invoked * 1_000_000,
                completed * 1_000_000));
    }

    /** An operation of another client that is answered with success. */
    private Story succeeded(
            Kind kind,
            int node,
            @Nullable String user,
            @Nullable String session,
            @Nullable String presented,
            long invoked,
            long completed) {
        return add(new Operation(
                kind,
                9,
                node,
                user,
                session,
                presented,
                Outcome.OK,
                200,
                0,
                null,
                null,
                invoked * 1_000_000,
                completed * 1_000_000));
    }

    private Story add(Operation operation) {
        operations.add(operation);
        return this;
    }

    Verdict verdict(Bounds bounds) {
        return HistoryChecker.check(new History(operations, streams, disturbances), bounds);
    }

    List<Property> broken(Bounds bounds) {
        return verdict(bounds).violations().stream()
                .map(Violation::property)
                .distinct()
                .toList();
    }
}
