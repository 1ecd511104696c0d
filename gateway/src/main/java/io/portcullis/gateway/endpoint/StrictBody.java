package io.portcullis.gateway.endpoint;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.lang.reflect.RecordComponent;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request body refuse unknown fields, because a misspelt field of a write must not count as a missing one. Implemented by
 * records alone; their components are the known fields.
 */
public interface StrictBody extends EndpointBody {
    /** Called by Jackson for a field that is no component. Throws {@code BAD_REQUEST}; the message lists the known fields. */
    @JsonAnySetter
    default void refuse(String field, @Nullable Object value) {
        RecordComponent[] known = Objects.requireNonNull(getClass().getRecordComponents(), "components of a record");
        throw RequestFields.invalidField(
                "unknown field "
                        + field.codePoints()
                                .filter(c -> !Character.isISOControl(c))
                                .limit(64)
                                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append),
                Stream.of(known).map(RecordComponent::getName).collect(Collectors.joining(", ")));
    }
}
