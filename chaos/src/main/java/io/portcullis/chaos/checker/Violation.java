package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.ObservedStream;
import io.portcullis.chaos.history.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A violated property.
 *
 * @param description one sentence that describes the violation
 * @param evidence the operations that prove the violation, in the order of time
 * @param stream the stream that violates the property, null if the property is not about streams
 */
public record Violation(
        Property property,
        String description,
        List<Operation> evidence,
        @Nullable ObservedStream stream) {
    public Violation {
        evidence = List.copyOf(evidence);
    }

    /** Creates a violation of a property that is not about streams. */
    public Violation(Property property, String description, List<Operation> evidence) {
        this(property, description, evidence, null);
    }
}
