package io.portcullis.gateway.endpoint;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import org.jspecify.annotations.Nullable;

/** A body whose unknown fields are refused: a misspelt field of a write must not be taken for a missing one. */
public interface StrictBody {
    @JsonAnySetter
    default void refuse(String field, @Nullable Object value) {
        throw RequestFields.refused(
                "unknown field "
                        + field.codePoints()
                                .filter(c -> !Character.isISOControl(c))
                                .limit(64)
                                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append),
                "none such");
    }
}
