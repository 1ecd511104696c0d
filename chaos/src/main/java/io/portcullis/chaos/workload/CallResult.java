package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.Outcome;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The response to a request.
 *
 * @param status the HTTP status, 0 if there was no response
 * @param body the body, null if it is missing or is not JSON
 * @param invokedAt the time before the request was sent, from {@link System#nanoTime()}
 * @param completedAt the time after the response was read
 */
record CallResult(int status, @Nullable JsonNode body, long invokedAt, long completedAt) {
    Outcome outcome() {
        if (status >= 200 && status < 300) {
            return Outcome.OK;
        }
        return status >= 400 && status < 500 ? Outcome.FAIL : Outcome.UNKNOWN;
    }

    /** Returns the error code in the response, 0 if there is none. */
    int code() {
        return body == null || !body.has("code") ? 0 : body.get("code").asInt();
    }

    @Nullable
    JsonNode data() {
        return body == null ? null : body.get("data");
    }
}
