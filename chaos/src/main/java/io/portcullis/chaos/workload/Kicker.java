package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.world.World;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** An administrator who ends the sessions in the kick queue and, occasionally, all sessions of the shared account. */
final class Kicker implements Runnable {
    private static final int SESSIONS_PER_KICK = 15;

    private final int client;
    private final String shared;
    private final Clients clients;
    private final Crowd crowd;
    private final Pace pace;
    private final RandomGenerator random;
    private @Nullable HeldSession admin;

    Kicker(int client, String shared, Clients clients, Crowd crowd, Pace pace, RandomGenerator random) {
        this.client = client;
        this.shared = shared;
        this.clients = clients;
        this.crowd = crowd;
        this.pace = pace;
        this.random = random;
    }

    @Override
    public void run() {
        while (pace.running()) {
            HeldSession session = session();
            if (session != null) {
                kick(session);
            }
            pace.rest(random);
            pace.rest(random);
        }
    }

    private int node() {
        return random.nextInt(clients.nodes());
    }

    private @Nullable HeldSession session() {
        HeldSession current = admin;
        // Replace the session well before its access token expires.
        if (current == null || current.current().expiresAt() - System.nanoTime() < 10_000_000_000L) {
            current = clients.login(client, node(), World.ADMIN);
            admin = current;
        }
        return current;
    }

    private void kick(HeldSession session) {
        HeldSession victim = crowd.nextToKick();
        if (victim != null) {
            Operation kick = clients.kick(client, node(), session, victim);
            if (kick.ok()) {
                callCopies(victim);
            } else {
                crowd.requestKick(victim);
            }
        } else if (random.nextInt(SESSIONS_PER_KICK) == 0) {
            var unused = clients.kickUser(client, node(), session, shared);
        }
    }

    private void callCopies(HeldSession session) {
        for (int node = 0; node < clients.nodes(); node++) {
            var unused = clients.call(client, node, session, session.current().access());
        }
    }
}
