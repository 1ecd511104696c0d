package io.portcullis.chaos.workload;

import java.util.Base64;
import java.util.random.RandomGenerator;

/** A thief who uses the tokens of all sessions at any node and at any time, and occasionally forged ones. */
record Thief(int client, Clients clients, Crowd crowd, Pace pace, RandomGenerator random) implements Runnable {
    @Override
    public void run() {
        while (pace.running()) {
            HeldSession session = crowd.any(random);
            if (session != null) {
                tryOne(session);
            }
            pace.rest(random);
        }
    }

    private void tryOne(HeldSession session) {
        int node = random.nextInt(clients.nodes());
        Pair pair = session.pairs().get(random.nextInt(session.pairs().size()));
        switch (random.nextInt(12)) {
            case 0 -> forged(node, Secret.of("pca_" + noise()));
            case 1 -> forged(node, pair.refresh());
            case 2 -> forged(node, altered(pair.access()));
            default -> {
                var unused = clients.call(client, node, session, pair.access());
            }
        }
    }

    private void forged(int node, Secret token) {
        var unused = clients.forgedCall(client, node, token);
    }

    private String noise() {
        byte[] bytes = new byte[45];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** A genuine token with one character changed. */
    private Secret altered(Secret token) {
        int at = random.nextInt("pca_".length(), token.value().length());
        char other = token.value().charAt(at) == 'A' ? 'B' : 'A';
        return Secret.of(token.value().substring(0, at) + other + token.value().substring(at + 1));
    }
}
