package io.portcullis.gateway;

import io.portcullis.gateway.SessionProtocol.Presented;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Chooses the steps of a sequence at random. */
final class SessionSteps {
    static final int USERS = 2;
    private static final int SESSIONS = 4;
    private static final int MAX_AGE = 2;
    private static final List<Presented> PRESENTED = List.of(Presented.values());

    private final Random random;
    /** Within the grace window, behind it, behind the access token's expiry, behind the session's. */
    private final long[] times;

    private SessionSteps(Random random, long clockDifference) {
        this.random = random;
        this.times = new long[] {
            SessionModel.GRACE / 3,
            SessionModel.GRACE + 1,
            SessionModel.ACCESS_TTL + clockDifference + 1,
            SessionModel.MAX_LIFETIME + clockDifference + 1
        };
    }

    /**
     * Returns a sequence that ends with the presentation of each token: none of an ended session may yield anything.
     *
     * @param clockDifference by how many seconds the nodes' clocks may differ, and so their views of an expiry
     */
    static List<SessionStep> sequence(Random random, int length, long clockDifference) {
        SessionSteps choice = new SessionSteps(random, clockDifference);
        List<SessionStep> steps = new ArrayList<>();
        for (int session = 0; session < SESSIONS / 2; session++) {
            steps.add(SessionStep.login(session % USERS, session));
        }
        for (int i = 0; i < length; i++) {
            steps.add(choice.step());
        }
        for (int session = 0; session < SESSIONS; session++) {
            for (int age = MAX_AGE; age >= 0; age--) {
                steps.add(SessionStep.check(session, age));
                steps.add(SessionStep.refresh(session, age));
                steps.add(SessionStep.check(session, age));
            }
        }
        return steps;
    }

    private SessionStep step() {
        int kind = random.nextInt(100);
        if (kind < 12) {
            return withTime();
        }
        if (kind < 20) {
            return withPassword();
        }
        return kind < 70 ? call(anySession()) : beside();
    }

    /** Two calls at the same time. Neither is a login or a new password, whose password would depend on the order. */
    private SessionStep beside() {
        int session = anySession();
        return call(session).beside(call(random.nextInt(3) > 0 ? session : anySession()));
    }

    private int anySession() {
        return random.nextInt(SESSIONS);
    }

    private int anyUser() {
        return random.nextInt(USERS);
    }

    private int anyAge() {
        return random.nextInt(10) < 6 ? 0 : 1 + random.nextInt(MAX_AGE);
    }

    private SessionStep withTime() {
        return random.nextInt(3) == 0
                ? SessionStep.flush()
                : SessionStep.pass(times[Math.min(random.nextInt(times.length), random.nextInt(times.length))]);
    }

    private SessionStep withPassword() {
        return switch (random.nextInt(6)) {
            case 0 -> SessionStep.resetPassword(anyUser());
            case 1 -> SessionStep.changePassword(anySession(), anyAge());
            default -> SessionStep.login(anyUser(), anySession());
        };
    }

    private SessionStep call(int session) {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> SessionStep.check(session, anyAge());
            case 5, 6, 7, 8, 9, 10, 11 -> SessionStep.refresh(session, anyAge());
            case 12, 13 -> SessionStep.logout(session, anyAge(), PRESENTED.get(random.nextInt(PRESENTED.size())));
            case 14 -> SessionStep.logoutOfTwo(session, anySession());
            case 15 -> SessionStep.logoutWithExpired(session);
            case 16 -> SessionStep.logoutAll(session, anyAge());
            case 17 -> SessionStep.kick(session);
            case 18 -> SessionStep.kickUser(anyUser());
            default -> SessionStep.setEnabled(anyUser(), random.nextInt(3) > 0);
        };
    }
}
