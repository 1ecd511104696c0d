package io.portcullis.gateway.endpoint;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import org.jspecify.annotations.Nullable;

/** Makes a request body refuse unknown fields, because a misspelt field of a write must not count as a missing one. */
public interface StrictBody extends EndpointBody {
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
