package io.portcullis.migrate;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An OAuth 2 client of the source. {@code toString} leaves out the secret. */
record SourceClient(
        String id,
        String name,
        @Nullable String secret,
        boolean enabled,
        Set<String> grants,
        List<String> scopes,
        int accessSeconds,
        int refreshSeconds) {
    @Override
    public String toString() {
        return "client " + id;
    }
}
