package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.Operation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** A user who repeatedly logs in, calls, refreshes, and leaves in one of several ways. */
final class VirtualUser implements Runnable {
    private static final int ATTEMPTS = 3;

    private final int client;
    private final String name;
    private final Clients clients;
    private final Streams streams;
    private final Crowd crowd;
    private final Pace pace;
    private final RandomGenerator random;
    private final Executor concurrentCalls;

    VirtualUser(
            int client,
            String name,
            Clients clients,
            Streams streams,
            Crowd crowd,
            Pace pace,
            RandomGenerator random,
            Executor concurrentCalls) {
        this.client = client;
        this.name = name;
        this.clients = clients;
        this.streams = streams;
        this.crowd = crowd;
        this.pace = pace;
        this.random = random;
        this.concurrentCalls = concurrentCalls;
    }

    @Override
    public void run() {
        while (pace.running()) {
            HeldSession session = clients.login(client, node(), name);
            if (session != null) {
                crowd.add(session);
                openStreams(session);
                live(session);
                endSession(session);
            }
            pace.rest(random);
        }
    }

    private int node() {
        return random.nextInt(clients.nodes());
    }

    /** Opens a stream, and sometimes another. They stay open when the user leaves. */
    private void openStreams(HeldSession session) {
        for (int wanted = 1 + random.nextInt(2); wanted > 0; wanted--) {
            streams.open(client, session, random);
        }
    }

    private void live(HeldSession session) {
        int steps = random.nextInt(2, 10);
        for (int step = 0; step < steps && pace.running(); step++) {
            if (!step(session)) {
                return;
            }
            pace.rest(random);
        }
    }

    /** Performs a random operation. Returns false if the session has ended. */
    private boolean step(HeldSession session) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> refresh(session);
            case 2 -> refreshTwice(session);
            case 3 -> {
                streams.open(client, session, random);
                yield call(session);
            }
            default -> call(session);
        };
    }

    private boolean call(HeldSession session) {
        Operation call = clients.call(client, node(), session, session.current().access());
        return !call.failed() || refresh(session);
    }

    /**
     * Refreshes the session. Repeats an unanswered refresh with the same token, as an ordinary client does. Returns false
     * if the refresh was refused.
     */
    private boolean refresh(HeldSession session) {
        Pair presented = session.current();
        for (int i = 0; i < ATTEMPTS && pace.running(); i++) {
            Operation refresh = clients.refresh(client, node(), session, presented);
            if (refresh.ok() || refresh.failed()) {
                return refresh.ok();
            }
            pace.rest(random);
        }
        return true;
    }

    /** Refreshes twice concurrently with the same token, as two browser tabs do. */
    private boolean refreshTwice(HeldSession session) {
        Pair presented = session.current();
        int other = node();
        var second = CompletableFuture.supplyAsync(
                () -> clients.refresh(client, other, session, presented), concurrentCalls);
        Operation first = clients.refresh(client, node(), session, presented);
        return !first.failed() && !second.join().failed();
    }

    private void endSession(HeldSession session) {
        switch (random.nextInt(10)) {
            case 0 -> {
                // The session stays logged in until the end of the round.
            }
            case 1 -> crowd.requestKick(session);
            case 2, 3, 4 -> logoutBesideRefresh(session);
            case 5 -> logout(session, session.current().refresh());
            case 6 -> logout(session, session.pairs().get(0).access());
            default -> logout(session, session.current().access());
        }
    }

    private void logout(HeldSession session, Secret token) {
        for (int i = 0; i < ATTEMPTS && pace.running(); i++) {
            Operation logout = clients.logout(client, node(), session, token);
            if (logout.ok()) {
                callCopies(session);
                return;
            }
            pace.rest(random);
        }
        callCopies(session);
    }

    /** Logs out concurrently with a refresh. Regardless of the order, both pairs must be dead afterwards (invariant I3). */
    private void logoutBesideRefresh(HeldSession session) {
        Pair presented = session.current();
        int node = node();
        var refresh =
                CompletableFuture.supplyAsync(() -> clients.refresh(client, node, session, presented), concurrentCalls);
        pace.rest(random);
        logout(session, presented.access());
        var unused = refresh.join();
        callCopies(session);
    }

    /** Calls each node with every access token of the session, as a thief with copies of them would. */
    private void callCopies(HeldSession session) {
        for (Pair pair : session.pairs()) {
            for (int node = 0; node < clients.nodes(); node++) {
                var unused = clients.call(client, node, session, pair.access());
            }
        }
    }
}
