package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.Kind;
import io.portcullis.chaos.history.ObservedStream;
import io.portcullis.chaos.history.ObservedStream.Transport;
import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Outcome;
import io.portcullis.chaos.history.Recorder;
import io.portcullis.chaos.world.GatewayProcess;
import io.portcullis.chaos.world.Node;
import io.portcullis.chaos.world.World;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** Opens and records the streams of clients, a limited number at the same time. Thread-safe. */
final class Streams {
    /** So few that their events, ten a second each, cost little beside the calls. */
    private static final int MAX_OPEN = 40;

    private static final Transport[] TRANSPORTS = Transport.values();

    private final StreamHttp http = new StreamHttp();
    private final List<GatewayProcess> nodes;
    private final Recorder recorder;
    private final Set<OpenStream> open = ConcurrentHashMap.newKeySet();

    Streams(World world, Recorder recorder) {
        this.nodes = world.nodes().stream().map(Node::gateway).toList();
        this.recorder = recorder;
    }

    /** Opens a stream of the session with a random transport at a random node, unless too many are open. */
    void open(int client, HeldSession session, RandomGenerator random) {
        Transport transport = TRANSPORTS[random.nextInt(TRANSPORTS.length)];
        int node = random.nextInt(nodes.size());
        if (open.size() < MAX_OPEN) {
            open(client, node, session, transport);
        }
    }

    private void open(int client, int node, HeldSession session, Transport transport) {
        Secret token = session.current().access();
        OpenStream[] stream = new OpenStream[1];
        stream[0] = new OpenStream(transport, observed -> ended(stream[0], observed));
        URI uri = nodes.get(node).uri(World.path(transport));
        CallResult result = http.open(uri, transport, token, stream[0]);
        Operation opening = new Operation(
                Kind.STREAM,
                client,
                node,
                null,
                session.id(),
                token.digest(),
                result.outcome(),
                result.status(),
                result.code(),
                null,
                null,
                result.invokedAt(),
                result.completedAt());
        recorder.add(opening);
        if (opening.outcome() == Outcome.OK) {
            open.add(stream[0]);
            stream[0].opened(opening);
        }
    }

    private void ended(OpenStream stream, ObservedStream observed) {
        open.remove(stream);
        recorder.add(observed);
    }

    /** Closes and records all open streams. */
    void close() {
        open.forEach(OpenStream::close);
    }
}
