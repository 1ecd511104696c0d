package io.portcullis.chaos.history;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Collects the operations of many threads. */
public final class Recorder {
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();

    public void add(Operation operation) {
        operations.add(operation);
    }

    /** All operations so far, in no order that means anything. */
    public List<Operation> history() {
        return List.copyOf(operations);
    }
}
