package io.portcullis.gateway.admin;

import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.client.ClientType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.endpoint.StrictBody;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The request body that replaces the values of an OAuth 2 client. Without {@code status} the client is enabled. */
record ClientChangeBody(
        @Nullable String name,
        @Nullable String status,
        @Nullable Set<@Nullable String> grants,
        @Nullable Set<@Nullable String> scopes,
        @Nullable Set<@Nullable String> roles,
        @Nullable Long accessTtlSeconds,
        @Nullable Long refreshTtlSeconds)
        implements StrictBody {
    private static final int MAX_NAME = 128;

    /** Converts this body to a client with these values. Throws {@code BAD_REQUEST} for values that a client cannot have. */
    RegisteredClient toClient(String id) {
        AccountStatus ownStatus = QueryParameters.word("status", status, AccountStatus.class);
        return new RegisteredClient(
                id,
                Objects.requireNonNullElse(RequestFields.optionalText("name", name, MAX_NAME), id),
                ClientType.CONFIDENTIAL,
                ownStatus != AccountStatus.DISABLED,
                ClientValues.grants(grants),
                ClientValues.texts(scopes),
                ClientValues.texts(roles),
                ClientValues.seconds(accessTtlSeconds),
                ClientValues.seconds(refreshTtlSeconds),
                List.of(),
                Instant.EPOCH);
    }
}
