package io.portcullis.gateway.endpoint;

import io.portcullis.core.token.TicketPath;
import io.portcullis.gateway.authentication.TicketPaths;
import org.jspecify.annotations.Nullable;

/** The request body that binds a ticket to the path of a URL. Without a path, the ticket is good on each route. */
record TicketRequestBody(@Nullable String path) implements StrictBody {
    TicketPath toPath() {
        return path == null ? TicketPath.ANY : TicketPaths.parse(path);
    }
}
