package io.portcullis.gateway.admin;

import io.portcullis.core.client.ClientType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.endpoint.StrictBody;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The request body that creates an OAuth 2 client. Without {@code type} it is confidential, without {@code name} that is the id. */
record NewClientBody(
        @Nullable String id,
        @Nullable String name,
        @Nullable String type,
        @Nullable Set<@Nullable String> grants,
        @Nullable Set<@Nullable String> scopes,
        @Nullable Set<@Nullable String> roles,
        @Nullable Long accessTtlSeconds,
        @Nullable Long refreshTtlSeconds)
        implements StrictBody {
    private static final int MAX_NAME = 128;

    /** Converts this body to a client without secrets. Throws {@code BAD_REQUEST} for values that a client cannot have. */
    RegisteredClient toClient(Instant now) {
        String ownId = RequestFields.text("id", id, MAX_NAME);
        ClientType ownType = QueryParameters.word("type", type, ClientType.class);
        return new RegisteredClient(
                ownId,
                Objects.requireNonNullElse(RequestFields.optionalText("name", name, MAX_NAME), ownId),
                Objects.requireNonNullElse(ownType, ClientType.CONFIDENTIAL),
                true,
                ClientValues.grants(grants),
                ClientValues.texts(scopes),
                ClientValues.texts(roles),
                ClientValues.seconds(accessTtlSeconds),
                ClientValues.seconds(refreshTtlSeconds),
                List.of(),
                now.truncatedTo(ChronoUnit.MILLIS));
    }
}
