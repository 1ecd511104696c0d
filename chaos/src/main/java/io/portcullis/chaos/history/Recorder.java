package io.portcullis.chaos.history;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Collects the operations of all clients. Thread-safe. */
public final class Recorder {
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();

    /** Adds a completed operation. */
    public void add(Operation operation) {
        operations.add(operation);
    }

    /** Returns all operations so far, in no particular order. */
    public List<Operation> history() {
        return List.copyOf(operations);
    }
}
