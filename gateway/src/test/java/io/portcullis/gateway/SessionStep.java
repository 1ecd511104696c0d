package io.portcullis.gateway;

import io.portcullis.gateway.SessionProtocol.Presented;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * One step of the session protocol, for the model and for the gateway.
 *
 * @param text the call as it would stand in a test
 */
record SessionStep(String text, Function<SessionProtocol, Set<String>> call) {
    static final int USERS = 2;
    private static final int SESSIONS = 4;
    private static final int MAX_AGE = 2;
    private static final List<Presented> PRESENTED = List.of(Presented.values());

    /** Within the grace window, behind it, behind the access token's expiry, behind the session's. */
    private static final long[] TIMES = {
        SessionModel.GRACE / 3, SessionModel.GRACE + 1, SessionModel.ACCESS_TTL + 1, SessionModel.MAX_LIFETIME + 1
    };

    private static final int[] WEIGHTS = {4, 8, 10, 4, 1, 1, 1, 2, 1, 1, 1, 1, 4, 2};

    /** Returns a sequence that ends with the presentation of each token: none of an ended session may yield anything. */
    static List<SessionStep> sequence(Random random, int length) {
        List<SessionStep> steps = new ArrayList<>();
        for (int session = 0; session < SESSIONS / 2; session++) {
            steps.add(login(session % USERS, session));
        }
        for (int i = 0; i < length; i++) {
            steps.add(any(random, SESSIONS));
        }
        for (int session = 0; session < SESSIONS; session++) {
            for (int age = MAX_AGE; age >= 0; age--) {
                steps.add(check(session, age));
                steps.add(refresh(session, age));
                steps.add(check(session, age));
            }
        }
        return steps;
    }

    private static SessionStep any(Random random, int sessions) {
        int session = random.nextInt(sessions);
        int user = random.nextInt(USERS);
        int age = random.nextInt(10) < 6 ? 0 : 1 + random.nextInt(MAX_AGE);
        return switch (kind(random)) {
            case 0 -> login(user, session);
            case 1 -> check(session, age);
            case 2 -> refresh(session, age);
            case 3 -> logout(session, age, PRESENTED.get(random.nextInt(PRESENTED.size())));
            case 4 -> logoutOfTwo(session, random.nextInt(sessions));
            case 5 -> new SessionStep("logoutWithExpired(" + session + ")", p -> p.logoutWithExpired(session));
            case 6 -> new SessionStep("logoutAll(%d, %d)".formatted(session, age), p -> p.logoutAll(session, age));
            case 7 -> new SessionStep("kick(" + session + ")", p -> p.kick(session));
            case 8 -> new SessionStep("kickUser(" + user + ")", p -> p.kickUser(user));
            case 9 -> setEnabled(user, random.nextBoolean());
            case 10 -> new SessionStep("resetPassword(" + user + ")", p -> p.resetPassword(user));
            case 11 ->
                new SessionStep("changePassword(%d, %d)".formatted(session, age), p -> p.changePassword(session, age));
            case 12 -> pass(TIMES[Math.min(random.nextInt(TIMES.length), random.nextInt(TIMES.length))]);
            default -> new SessionStep("flush()", SessionProtocol::flush);
        };
    }

    private static int kind(Random random) {
        int total = 0;
        for (int weight : WEIGHTS) {
            total += weight;
        }
        int left = random.nextInt(total);
        int kind = 0;
        while (left >= WEIGHTS[kind]) {
            left -= WEIGHTS[kind++];
        }
        return kind;
    }

    private static SessionStep login(int user, int session) {
        return new SessionStep("login(%d, %d)".formatted(user, session), p -> p.login(user, session));
    }

    private static SessionStep check(int session, int age) {
        return new SessionStep("check(%d, %d)".formatted(session, age), p -> p.check(session, age));
    }

    private static SessionStep refresh(int session, int age) {
        return new SessionStep("refresh(%d, %d)".formatted(session, age), p -> p.refresh(session, age));
    }

    private static SessionStep logout(int session, int age, Presented presented) {
        return new SessionStep(
                "logout(%d, %d, %s)".formatted(session, age, presented), p -> p.logout(session, age, presented));
    }

    private static SessionStep logoutOfTwo(int first, int second) {
        return new SessionStep("logoutOfTwo(%d, %d)".formatted(first, second), p -> p.logoutOfTwo(first, second));
    }

    private static SessionStep setEnabled(int user, boolean enabled) {
        return new SessionStep("setEnabled(%d, %b)".formatted(user, enabled), p -> p.setEnabled(user, enabled));
    }

    private static SessionStep pass(long seconds) {
        return new SessionStep("pass(" + seconds + ")", p -> p.pass(seconds));
    }

    @Override
    public String toString() {
        return text;
    }
}
