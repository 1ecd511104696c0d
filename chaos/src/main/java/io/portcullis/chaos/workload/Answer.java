package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.Outcome;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What came back for a request.
 *
 * @param status 0 when nothing came
 * @param body null when there was none, or none that is JSON
 */
record Answer(int status, @Nullable JsonNode body, long invokedAt, long completedAt) {
    Outcome outcome() {
        if (status >= 200 && status < 300) {
            return Outcome.OK;
        }
        return status >= 400 && status < 500 ? Outcome.FAIL : Outcome.UNKNOWN;
    }

    /** The envelope's code, 0 when there is none. */
    int code() {
        return body == null || !body.has("code") ? 0 : body.get("code").asInt();
    }

    @Nullable
    JsonNode data() {
        return body == null ? null : body.get("data");
    }
}
