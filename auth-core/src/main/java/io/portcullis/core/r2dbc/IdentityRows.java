package io.portcullis.core.r2dbc;

import io.portcullis.core.token.store.Identity;
import io.r2dbc.spi.Readable;

/** Reads the identity of a caller from a row of {@code auth_session}. */
final class IdentityRows {
    /** The columns that {@link #identity} reads. */
    static final String COLUMNS = "id, user_id, username, user_type, tenant_id, roles";

    private IdentityRows() {}

    static Identity identity(Readable row) {
        return new Identity(
                ColumnValues.text(row, "user_id"),
                ColumnValues.text(row, "username"),
                ColumnValues.text(row, "user_type"),
                ColumnValues.textOrNull(row, "tenant_id"),
                ColumnValues.set(row, "roles"),
                ColumnValues.text(row, "id"));
    }
}
