package io.portcullis.chaos.history;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Collects the operations and streams of all clients. Thread-safe. */
public final class Recorder {
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
    private final Queue<ObservedStream> streams = new ConcurrentLinkedQueue<>();

    /** Adds a completed operation. */
    public void add(Operation operation) {
        operations.add(operation);
    }

    /** Adds a stream that has ended. */
    public void add(ObservedStream stream) {
        streams.add(stream);
    }

    /** Returns everything so far, with the given disturbances. */
    public History history(List<Disturbance> disturbances) {
        return new History(List.copyOf(operations), List.copyOf(streams), disturbances);
    }
}
