package io.portcullis.core.r2dbc;

import io.portcullis.core.event.SessionEventOutbox;
import io.portcullis.core.event.SessionEventType;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.Session;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Supplier;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Inserts the events into the table {@code session_event}. The event of an end is selected from the session's row:
 *
 * <pre>
 * INSERT INTO session_event (...) SELECT ... FROM auth_session WHERE id = :sessionId AND ended_at = :at
 * </pre>
 */
public final class R2dbcSessionEventOutbox implements SessionEventOutbox {
    private static final String INSERT = """
            INSERT INTO session_event (id, type, ordinal, reason, session_id, user_id, username, user_type, tenant_id, device, ip,
                occurred_at, created_at, state, next_attempt_at)
            """;
    private static final String LOGIN = "login";

    private final DatabaseClient client;
    private final Supplier<String> ids;

    /** @param ids generates the ids of events */
    public R2dbcSessionEventOutbox(DatabaseClient client, Supplier<String> ids) {
        this.client = client;
        this.ids = ids;
    }

    @Override
    public Mono<Void> appendOpened(Session session) {
        String device = session.client().device();
        return insert(INSERT + """
                        VALUES (:id, :type, :ordinal, :reason, :sessionId, :userId, :username, :userType, :tenantId, :device, :ip,
                            :at, UTC_TIMESTAMP(3), 'PENDING', UTC_TIMESTAMP(3))""", SessionEventType.OPENED, LOGIN)
                .bind("sessionId", session.id())
                .bind("userId", session.userId())
                .bind("username", session.username())
                .bind("userType", session.userType())
                .bind("tenantId", ColumnValues.textOrNull(session.tenantId()))
                .bind("device", ColumnValues.textOrNull(device))
                .bind("ip", session.client().ip())
                .bind("at", ColumnValues.utc(session.createdAt()))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> appendEnded(String sessionId, Instant at, EndReason reason) {
        return insert(INSERT + """
                        SELECT :id, :type, :ordinal, :reason, id, user_id, username, user_type, tenant_id, device, last_ip,
                            ended_at, UTC_TIMESTAMP(3), 'PENDING', UTC_TIMESTAMP(3)
                        FROM auth_session WHERE id = :sessionId AND ended_at = :at""", SessionEventType.ENDED, word(reason))
                .bind("sessionId", sessionId)
                .bind("at", ColumnValues.utc(at))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    private DatabaseClient.GenericExecuteSpec insert(String sql, SessionEventType type, String reason) {
        return client.sql(sql)
                .bind("id", ids.get())
                .bind("type", type.word())
                .bind("ordinal", type.place())
                .bind("reason", reason);
    }

    private static String word(EndReason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
