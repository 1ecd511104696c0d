package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Outcome;
import io.portcullis.chaos.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Checks, after the load has ended and everything has healed, whether every node works, and records the final state of every
 * session.
 */
public final class Verification {
    private static final int CLIENT = 0;

    private static final int MAX_SESSIONS = 150;
    private static final int ATTEMPTS = 5;

    private final Clients clients;
    private final Crowd crowd;

    Verification(Clients clients, Crowd crowd) {
        this.clients = clients;
        this.crowd = crowd;
    }

    /** Waits until login, call, refresh and logout work at every node. Returns false if they do not within the limit. */
    public boolean awaitHealthy(long limitNanos) {
        long deadline = System.nanoTime() + limitNanos;
        for (int node = 0; node < clients.nodes(); node++) {
            while (!healthy(node)) {
                if (System.nanoTime() - deadline > 0) {
                    return false;
                }
                pause();
            }
        }
        return true;
    }

    private boolean healthy(int node) {
        HeldSession session = clients.login(CLIENT, node, World.ADMIN);
        return session != null
                && clients.call(CLIENT, node, session, session.current().access())
                        .ok()
                && clients.refresh(CLIENT, node, session, session.current()).ok()
                && clients.logout(CLIENT, node, session, session.current().access())
                        .ok();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * Calls each node with every access token of the latest sessions. Then refreshes each session with its latest token,
     * and calls each node with the result. All operations are recorded; the history checker decides which of them had to
     * succeed.
     *
     * @return the operations that had no answer after several attempts, which no fault justifies any more
     */
    public List<Operation> checkAllTokens() {
        List<Operation> unanswered = new ArrayList<>();
        List<HeldSession> sessions = crowd.sessions();
        for (HeldSession session : sessions.subList(Math.max(0, sessions.size() - MAX_SESSIONS), sessions.size())) {
            for (Pair pair : List.copyOf(session.pairs())) {
                callEverywhere(session, pair, unanswered);
            }
            Pair latest = session.current();
            if (repeatUntilAnswered(() -> clients.refresh(CLIENT, 0, session, latest), unanswered)) {
                callEverywhere(session, session.current(), unanswered);
            }
        }
        return unanswered;
    }

    private void callEverywhere(HeldSession session, Pair pair, List<Operation> unanswered) {
        for (int node = 0; node < clients.nodes(); node++) {
            int number = node;
            var unused = repeatUntilAnswered(() -> clients.call(CLIENT, number, session, pair.access()), unanswered);
        }
    }

    /** Repeats an operation until it is answered, with a limited number of attempts. Returns whether it succeeded. */
    private static boolean repeatUntilAnswered(Supplier<Operation> call, List<Operation> unanswered) {
        Operation operation = call.get();
        for (int i = 1; i < ATTEMPTS && operation.outcome() == Outcome.UNKNOWN; i++) {
            pause();
            operation = call.get();
        }
        if (operation.outcome() == Outcome.UNKNOWN) {
            unanswered.add(operation);
        }
        return operation.ok();
    }
}
