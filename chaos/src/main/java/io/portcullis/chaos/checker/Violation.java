package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.Operation;
import java.util.List;

/**
 * A violated property.
 *
 * @param description one sentence that describes the violation
 * @param evidence the operations that prove the violation, in the order of time
 */
public record Violation(Property property, String description, List<Operation> evidence) {
    public Violation {
        evidence = List.copyOf(evidence);
    }
}
