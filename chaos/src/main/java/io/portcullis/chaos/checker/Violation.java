package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.Operation;
import java.util.List;

/**
 * A promise that was broken.
 *
 * @param what one sentence
 * @param evidence the operations that prove it, in the order of time
 */
public record Violation(Property property, String what, List<Operation> evidence) {
    public Violation {
        evidence = List.copyOf(evidence);
    }
}
