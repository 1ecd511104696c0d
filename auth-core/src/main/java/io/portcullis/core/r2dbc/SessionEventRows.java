package io.portcullis.core.r2dbc;

import io.portcullis.core.event.SessionEvent;
import io.r2dbc.spi.Readable;

/** Reads events from rows of the table {@code session_event}. */
final class SessionEventRows {
    private SessionEventRows() {}

    static SessionEvent event(Readable row) {
        return new SessionEvent(
                ColumnValues.text(row, "id"),
                ColumnValues.text(row, "type"),
                ColumnValues.text(row, "reason"),
                ColumnValues.text(row, "session_id"),
                ColumnValues.text(row, "user_id"),
                ColumnValues.text(row, "username"),
                ColumnValues.text(row, "user_type"),
                ColumnValues.textOrNull(row, "tenant_id"),
                ColumnValues.textOrNull(row, "device"),
                ColumnValues.text(row, "ip"),
                ColumnValues.instant(row, "occurred_at"));
    }

    static int count(Readable row, String column) {
        return Math.toIntExact(ColumnValues.number(row, column));
    }
}
