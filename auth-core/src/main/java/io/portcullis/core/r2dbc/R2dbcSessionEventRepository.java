package io.portcullis.core.r2dbc;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.event.SessionEventFilter;
import io.portcullis.core.event.SessionEventRepository;
import io.portcullis.core.event.SessionEventState;
import io.portcullis.core.event.UndeliveredEvent;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.r2dbc.Access.Index;
import io.portcullis.core.r2dbc.Access.Range;
import io.r2dbc.spi.Readable;
import java.util.Set;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Reads pages of the table {@code session_event}, which has the undelivered events alone, and makes dead rows pending again. */
public final class R2dbcSessionEventRepository implements SessionEventRepository {
    private static final Index BY_TIME = Index.of("session_event_created", "created_at", "id");
    private static final Index BY_STATE = Index.of("session_event_state", "state", "created_at", "id");
    private static final Index BY_TENANT = Index.of("session_event_tenant", "tenant_id", "created_at", "id");
    private static final Index BY_SESSION = Index.of("session_event_ordinal", "session_id", "ordinal", "id");

    private final DatabaseClient client;

    public R2dbcSessionEventRepository(DatabaseClient client) {
        this.client = client;
    }

    @Override
    public Mono<Page<UndeliveredEvent>> page(SessionEventFilter filter, PageRequest request) {
        return new PagedSelect<>(
                        client, filters(filter), PageLimits.DEFAULT, request, R2dbcSessionEventRepository::undelivered)
                .read();
    }

    private static PageFilters filters(SessionEventFilter filter) {
        SessionEventState state = filter.state();
        PageFilters filters = new PageFilters("session_event", "", BY_TIME)
                .equal("tenant_id", filter.tenants().tenantId(), BY_TENANT)
                .equal("state", state == null ? null : state.name(), BY_STATE);
        if (filter.sessionId() == null) {
            return filters;
        }
        filters.bind("sessionId", filter.sessionId());
        String condition = "session_id = :sessionId";
        return filters.add(condition, Set.of("session_id"), Access.unordered(Range.of(BY_SESSION, condition)));
    }

    @Override
    public Mono<Boolean> redeliver(String id, TenantScope tenants) {
        if (!ColumnValues.isId(id)) {
            return Mono.just(false);
        }
        var statement = client.sql("""
                        UPDATE session_event FORCE INDEX (PRIMARY) SET state = 'PENDING', attempts = 0, refusals = 0,
                            created_at = UTC_TIMESTAMP(3), next_attempt_at = UTC_TIMESTAMP(3)
                        WHERE id = :id AND state = 'DEAD'""" + ScopeSql.condition(tenants));
        return ScopeSql.bind(statement.bind("id", id), tenants)
                .fetch()
                .rowsUpdated()
                .map(updated -> updated == 1)
                .onErrorMap(StoreFailures::translate);
    }

    private static UndeliveredEvent undelivered(Readable row) {
        return new UndeliveredEvent(
                SessionEventRows.event(row),
                SessionEventState.valueOf(ColumnValues.text(row, "state")),
                ColumnValues.instant(row, "created_at"),
                SessionEventRows.count(row, "attempts"),
                ColumnValues.instant(row, "next_attempt_at"),
                ColumnValues.textOrNull(row, "last_failure"));
    }
}
