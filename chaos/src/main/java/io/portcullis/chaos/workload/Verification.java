package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Outcome;
import io.portcullis.chaos.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What is asked when the load is over and everything has healed: whether every node works, and what became of every session. */
public final class Verification {
    private static final int CLIENT = 0;

    private final Clients clients;
    private final Crowd crowd;

    Verification(Clients clients, Crowd crowd) {
        this.clients = clients;
        this.crowd = crowd;
    }

    /** Waits until login, call, refresh and logout work at every node; false if they do not within the time. */
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
     * Calls with every access token at every node, then refreshes every session with its latest token and calls with what that
     * yields. All of it is recorded; the history says which of them had to work.
     *
     * @return those that were not answered, which nothing excuses any more
     */
    public List<Operation> askEverything() {
        List<Operation> unanswered = new ArrayList<>();
        for (HeldSession session : crowd.sessions()) {
            for (Pair pair : List.copyOf(session.pairs())) {
                callEverywhere(session, pair, unanswered);
            }
            Operation refresh = clients.refresh(CLIENT, 0, session, session.current());
            keepUnanswered(refresh, unanswered);
            if (refresh.ok()) {
                callEverywhere(session, session.current(), unanswered);
            }
        }
        return unanswered;
    }

    private void callEverywhere(HeldSession session, Pair pair, List<Operation> unanswered) {
        for (int node = 0; node < clients.nodes(); node++) {
            keepUnanswered(clients.call(CLIENT, node, session, pair.access()), unanswered);
        }
    }

    private static void keepUnanswered(Operation operation, List<Operation> unanswered) {
        if (operation.outcome() == Outcome.UNKNOWN) {
            unanswered.add(operation);
        }
    }
}
