package io.portcullis.gateway.admin;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.problem.Envelope;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Serves the login log: logins, failed attempts, session ends and changes of accounts, with time and client address (docs/design.md
 * section 7).
 */
@RestController
final class LoginLogEndpoint {
    private static final Duration DEFAULT_RANGE = Duration.ofDays(7);

    private final LoginLogRepository loginLog;
    private final Clock clock;

    LoginLogEndpoint(@Administration LoginLogRepository loginLog, Clock clock) {
        this.loginLog = loginLog;
        this.clock = clock;
    }

    /**
     * Answers with one page of entries that match every given filter: those of the last 7 days if neither {@code from} nor
     * {@code to} is given. If only one of them is given, there is no limit on the other side.
     *
     * @param from the earliest time of an entry, in epoch milliseconds
     * @param to the time that every entry is older than, in epoch milliseconds
     */
    @GetMapping(path = "/system/login-log/page", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<PageBody<LoginLogBody>>> page(
            @RequestParam(required = false) @Nullable String username,
            @RequestParam(required = false) @Nullable String userId,
            @RequestParam(required = false) @Nullable String sessionId,
            @RequestParam(required = false) @Nullable String ip,
            @RequestParam(required = false) @Nullable String type,
            @RequestParam(required = false) @Nullable String result,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String tenantId,
            @RequestParam(required = false) @Nullable String pageNo,
            @RequestParam(required = false) @Nullable String pageSize,
            @RequestParam(required = false) @Nullable String after,
            TenantScope tenants) {
        var filter = new LoginLogFilter(
                QueryParameters.tenant(tenantId, tenants),
                QueryParameters.username(username),
                QueryParameters.userId(userId),
                QueryParameters.sessionId(sessionId),
                AddressParameter.of(ip),
                QueryParameters.word("type", type, LoginLogType.values(), LoginLogType::name),
                QueryParameters.word("result", result, LoginLogResult.class),
                QueryParameters.instant("from", from),
                QueryParameters.instant("to", to));
        requireOrder(filter);
        PageQuery query = PageQuery.of(pageNo, pageSize, after, filter);
        return loginLog.page(withDefaultRange(filter), query.request())
                .map(page -> query.answer(page.map(LoginLogBody::of)));
    }

    private static void requireOrder(LoginLogFilter filter) {
        if (filter.from() != null && filter.to() != null && !filter.from().isBefore(filter.to())) {
            throw RequestFields.invalidField("from", "a time before to");
        }
    }

    private LoginLogFilter withDefaultRange(LoginLogFilter filter) {
        return filter.from() == null && filter.to() == null
                ? filter.since(clock.instant().minus(DEFAULT_RANGE))
                : filter;
    }
}
