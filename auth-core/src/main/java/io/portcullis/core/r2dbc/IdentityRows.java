package io.portcullis.core.r2dbc;

import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.TokenGrant;
import io.r2dbc.spi.Readable;

/** Reads the identity of a caller from a row of {@code auth_session}. */
final class IdentityRows {
    /** The columns that {@link #identity} reads. */
    static final String COLUMNS = "id, user_id, username, user_type, tenant_id, roles, client_id, scopes";

    private IdentityRows() {}

    /** Reads the identity of a session, with its scopes and without the times of a token. */
    static Identity identity(Readable row) {
        return new Identity(
                ColumnValues.text(row, "user_id"),
                ColumnValues.text(row, "username"),
                ColumnValues.text(row, "user_type"),
                ColumnValues.textOrNull(row, "tenant_id"),
                ColumnValues.set(row, "roles"),
                ColumnValues.text(row, "id"),
                new TokenGrant(ColumnValues.textOrNull(row, "client_id"), ColumnValues.set(row, "scopes"), null, null));
    }

    /**
     * Adds what a row says about a token to the identity of its session: the columns {@code token_scopes}, {@code issued_at} and
     * {@code token_expires_at}.
     */
    static Identity ofToken(Identity ofSession, Readable row) {
        TokenGrant grant = ofSession.grant();
        String narrowed = ColumnValues.textOrNull(row, "token_scopes");
        return ofSession.with(new TokenGrant(
                grant.clientId(),
                narrowed == null ? grant.scopes() : ColumnValues.split(narrowed),
                ColumnValues.instantOrNull(row, "issued_at"),
                ColumnValues.instant(row, "token_expires_at")));
    }
}
