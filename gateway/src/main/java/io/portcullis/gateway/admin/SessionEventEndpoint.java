package io.portcullis.gateway.admin;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.event.SessionEventFilter;
import io.portcullis.core.event.SessionEventRepository;
import io.portcullis.core.event.SessionEventState;
import io.portcullis.core.transaction.Transactions;
import io.portcullis.gateway.problem.Envelope;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Serves the session events that the receiver has not accepted (docs/events.md). */
@RestController
final class SessionEventEndpoint {
    private final SessionEventRepository events;
    private final Transactions transactions;

    SessionEventEndpoint(@Administration SessionEventRepository events, @Administration Transactions transactions) {
        this.events = events;
        this.transactions = transactions;
    }

    /**
     * Answers with one page of the undelivered events that match every given filter, the newest first.
     *
     * @param state {@code pending} or {@code dead}
     */
    @GetMapping(path = "/system/event/page", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<PageBody<SessionEventBody>>> page(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String sessionId,
            @RequestParam(required = false) @Nullable String tenantId,
            @RequestParam(required = false) @Nullable String pageNo,
            @RequestParam(required = false) @Nullable String pageSize,
            @RequestParam(required = false) @Nullable String after,
            TenantScope tenants) {
        var filter = new SessionEventFilter(
                QueryParameters.tenant(tenantId, tenants),
                QueryParameters.word("state", state, SessionEventState.class),
                QueryParameters.sessionId(sessionId));
        PageQuery query = PageQuery.of(pageNo, pageSize, after, filter);
        return events.page(filter, query.request()).map(page -> query.answer(page.map(SessionEventBody::of)));
    }

    /** Has a dead event delivered again. Fails with {@code NOT_FOUND} if no dead event has the id. */
    @PostMapping(path = "/system/event/{id}/redeliver", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<Boolean>> redeliver(@PathVariable String id, TenantScope tenants) {
        return transactions
                .execute(events.redeliver(id, tenants))
                .filter(found -> found)
                .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.NOT_FOUND)))
                .map(Envelope::of);
    }
}
