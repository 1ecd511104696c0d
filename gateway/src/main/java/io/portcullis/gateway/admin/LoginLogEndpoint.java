package io.portcullis.gateway.admin;

import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.paging.Page;
import io.portcullis.gateway.problem.Envelope;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Serves the login log: logins, failed attempts, session ends and changes of accounts, with time and client address (docs/design.md section 7). */
@RestController
final class LoginLogEndpoint {
    private final LoginLogRepository loginLog;

    LoginLogEndpoint(LoginLogRepository loginLog) {
        this.loginLog = loginLog;
    }

    /**
     * Answers with one page of entries that match every given filter.
     *
     * @param from the earliest time of an entry, in epoch milliseconds
     * @param to the time that every entry is older than, in epoch milliseconds
     */
    @GetMapping(path = "/system/login-log/page", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<Page<LoginLogBody>>> page(
            @RequestParam(required = false) @Nullable String username,
            @RequestParam(required = false) @Nullable String ip,
            @RequestParam(required = false) @Nullable String type,
            @RequestParam(required = false) @Nullable String result,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String pageNo,
            @RequestParam(required = false) @Nullable String pageSize) {
        var filter = new LoginLogFilter(
                QueryParameters.text(username),
                QueryParameters.text(ip),
                QueryParameters.word("type", type, LoginLogType.values(), LoginLogType::name),
                QueryParameters.word("result", result, LoginLogResult.class),
                QueryParameters.instant("from", from),
                QueryParameters.instant("to", to));
        return loginLog.page(filter, PageQuery.of(pageNo, pageSize))
                .map(page -> Envelope.of(page.map(LoginLogBody::of)));
    }
}
