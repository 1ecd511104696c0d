package io.portcullis.core.r2dbc;

import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.TokenGrant;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the identity of a caller from a row of {@code auth_session}. */
final class IdentityRows {
    /** The columns that {@link #identity} reads. */
    static final String COLUMNS = "id, user_id, username, user_type, tenant_id, roles, client_id, scopes";

    private IdentityRows() {}

    /** Reads the identity of a session, with its scopes and without the times of a token. */
    static Identity identity(Readable row) {
        return identity(row, ColumnValues.set(row, "scopes"), null, null);
    }

    /**
     * Reads the identity of a token from a row with the columns {@code token_scopes}, {@code issued_at} and {@code token_expires_at}
     * of its token, too.
     */
    static Identity tokenIdentity(Readable row) {
        String narrowed = ColumnValues.textOrNull(row, "token_scopes");
        return identity(
                row,
                narrowed == null ? ColumnValues.set(row, "scopes") : ColumnValues.split(narrowed),
                ColumnValues.instantOrNull(row, "issued_at"),
                ColumnValues.instantOrNull(row, "token_expires_at"));
    }

    private static Identity identity(
            Readable row, Set<String> scopes, @Nullable Instant issuedAt, @Nullable Instant expiresAt) {
        return new Identity(
                ColumnValues.text(row, "user_id"),
                ColumnValues.text(row, "username"),
                ColumnValues.text(row, "user_type"),
                ColumnValues.textOrNull(row, "tenant_id"),
                ColumnValues.set(row, "roles"),
                ColumnValues.text(row, "id"),
                new TokenGrant(ColumnValues.textOrNull(row, "client_id"), scopes, issuedAt, expiresAt));
    }
}
