package io.portcullis.gateway;

import io.portcullis.gateway.SessionProtocol.Presented;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call of the session protocol, for the model and for the gateway, or two at the same time.
 *
 * @param text the call as it would stand in a test. A pair is named by its age: 0 is the newest of the session
 * @param choice chooses the tokens of the call
 * @param beside a call at the same time; null for none
 */
record SessionStep(String text, Choice choice, @Nullable SessionStep beside) {
    /** Chooses the tokens of a call among those that clients hold. */
    interface Choice {
        Chosen of(SessionProtocol holder);
    }

    /** A call with chosen tokens. */
    interface Chosen {
        Set<String> on(SessionProtocol protocol);
    }

    private interface PairCall {
        Set<String> call(SessionProtocol protocol, int pair);
    }

    /** A call that needs no choice. */
    private static SessionStep of(String text, Chosen call) {
        return new SessionStep(text, holder -> call, null);
    }

    private static SessionStep withPair(String text, int session, int age, PairCall call) {
        return new SessionStep(
                text,
                holder -> {
                    int pair = holder.pairs(session) - 1 - age;
                    return protocol -> call.call(protocol, pair);
                },
                null);
    }

    static SessionStep login(int user, int session) {
        return of("login(%d, %d)".formatted(user, session), p -> p.login(user, session));
    }

    static SessionStep check(int session, int age) {
        return withPair("check(%d, %d)".formatted(session, age), session, age, (p, pair) -> p.check(session, pair));
    }

    static SessionStep refresh(int session, int age) {
        return withPair("refresh(%d, %d)".formatted(session, age), session, age, (p, pair) -> p.refresh(session, pair));
    }

    static SessionStep logout(int session, int age, Presented presented) {
        return withPair(
                "logout(%d, %d, %s)".formatted(session, age, presented),
                session,
                age,
                (p, pair) -> p.logout(session, pair, presented));
    }

    static SessionStep logoutOfTwo(int first, int second) {
        return of("logoutOfTwo(%d, %d)".formatted(first, second), p -> p.logoutOfTwo(first, second));
    }

    static SessionStep logoutWithExpired(int session) {
        return of("logoutWithExpired(" + session + ")", p -> p.logoutWithExpired(session));
    }

    static SessionStep logoutAll(int session, int age) {
        return withPair(
                "logoutAll(%d, %d)".formatted(session, age), session, age, (p, pair) -> p.logoutAll(session, pair));
    }

    static SessionStep changePassword(int session, int age) {
        return withPair(
                "changePassword(%d, %d)".formatted(session, age),
                session,
                age,
                (p, pair) -> p.changePassword(session, pair));
    }

    static SessionStep kick(int session) {
        return of("kick(" + session + ")", p -> p.kick(session));
    }

    static SessionStep kickUser(int user) {
        return of("kickUser(" + user + ")", p -> p.kickUser(user));
    }

    static SessionStep setEnabled(int user, boolean enabled) {
        return of("setEnabled(%d, %b)".formatted(user, enabled), p -> p.setEnabled(user, enabled));
    }

    static SessionStep resetPassword(int user) {
        return of("resetPassword(" + user + ")", p -> p.resetPassword(user));
    }

    static SessionStep pass(long seconds) {
        return of("pass(" + seconds + ")", p -> p.pass(seconds));
    }

    static SessionStep flush() {
        return of("flush()", SessionProtocol::flush);
    }

    /** Returns this call with another one at the same time. */
    SessionStep beside(SessionStep other) {
        return new SessionStep(text, choice, other);
    }

    @Override
    public String toString() {
        return beside == null ? text : text + " beside " + beside;
    }
}
