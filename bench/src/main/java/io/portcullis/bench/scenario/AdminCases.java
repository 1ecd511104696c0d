package io.portcullis.bench.scenario;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.session.SessionFilter;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.token.use.TokenUseFilter;
import io.portcullis.core.token.use.TokenUseRepository;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The pages that {@link AdminRun} measures: with frequent values, rare ones, and ones that occur in the oldest days only. */
final class AdminCases {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration DEFAULT_RANGE = Duration.ofDays(7);

    private static final Map<String, List<String>> SESSION_FILTERS = new TreeMap<>(Map.of(
            "userId", List.of("u0", "u199000"),
            "username", List.of("user-", "user-0000", "svc-", "batch-", "user-199000"),
            "ip", List.of("10.", "10.1.", "10.3.7.", "172.16.", "2001:db8:", "10.200.1"),
            "device", List.of("web", "tv", "kiosk")));

    private static final Map<String, List<String>> LOG_FILTERS = new TreeMap<>(Map.of(
            "userId", List.of("u0", "u199000"),
            "sessionId", List.of("00000000-0000-7000-8000-000003333000"),
            "username", List.of("user-", "user-0000", "svc-", "batch-", "user-199000"),
            "ip", List.of("10.", "10.1.", "10.3.7.", "172.16.", "2001:db8:"),
            "type", List.of("LOGIN", "KICKED", "REUSE", "REPLACED"),
            "result", List.of("SUCCESS", "BAD_CREDENTIALS", "ACCOUNT_DISABLED"),
            "from", List.of("1970-01-01T00:00:00Z")));

    private static final Map<String, List<String>> USE_FILTERS = new TreeMap<>(Map.of(
            "userId", List.of("u0", "batch0", "u199000"),
            "sessionId", List.of("00000000-0000-7000-8000-000000000003", "00000000-0000-7000-8000-000003184000"),
            "ip", List.of("10.0.0.0", "10.3.7.5", "172.16.0.0"),
            "accessTokenId", List.of("00000000"),
            "daysAgo", List.of("0", "3", "88"),
            "from", List.of("1970-01-01T00:00:00Z")));

    private AdminCases() {}

    /** Returns a case for each value of each filter, and for each pair of them. */
    static List<Case> all(SessionRepository sessions, LoginLogRepository log, TokenUseRepository uses, Clock clock) {
        List<Case> cases = new ArrayList<>();
        for (Map<String, String> given : sets(SESSION_FILTERS)) {
            cases.add(new Case(
                    "sessions", given, request -> sessions.pageLive(session(given), clock.instant(), request)));
        }
        for (Map<String, String> given : sets(LOG_FILTERS)) {
            LoginLogFilter filter = entry(given);
            cases.add(new Case(
                    "log",
                    given,
                    request -> log.page(
                            filter.from() == null ? filter.since(clock.instant().minus(DEFAULT_RANGE)) : filter,
                            request)));
        }
        for (Map<String, String> given : sets(USE_FILTERS)) {
            cases.add(new Case("token use", given, request -> uses.page(use(given, clock.instant()), request)));
        }
        return cases;
    }

    private static TokenUseFilter use(Map<String, String> given, Instant now) {
        Instant at = optional(given.get("daysAgo"), days -> now.minus(Duration.ofDays(Long.parseLong(days))));
        return new TokenUseFilter(
                TenantScope.ALL,
                given.get("accessTokenId"),
                given.get("sessionId"),
                given.get("userId"),
                given.get("ip"),
                at == null ? optional(given.get("from"), Instant::parse) : at,
                at);
    }

    private static List<Map<String, String>> sets(Map<String, List<String>> filters) {
        List<Map<String, String>> sets = new ArrayList<>(List.of(Map.of()));
        filters.forEach((name, values) -> values.forEach(value -> {
            sets.add(Map.of(name, value));
            filters.forEach((other, others) -> others.stream()
                    .filter(second -> name.compareTo(other) < 0)
                    .forEach(second -> sets.add(new TreeMap<>(Map.of(name, value, other, second)))));
        }));
        return sets;
    }

    private static SessionFilter session(Map<String, String> given) {
        return new SessionFilter(
                TenantScope.ALL, given.get("userId"), given.get("username"), given.get("ip"), given.get("device"));
    }

    private static LoginLogFilter entry(Map<String, String> given) {
        return new LoginLogFilter(
                TenantScope.ALL,
                given.get("username"),
                given.get("userId"),
                given.get("sessionId"),
                given.get("ip"),
                optional(given.get("type"), LoginLogType::ofName),
                optional(given.get("result"), LoginLogResult::ofName),
                optional(given.get("from"), Instant::parse),
                null);
    }

    private static <T> @Nullable T optional(@Nullable String text, Function<String, T> parse) {
        return text == null ? null : parse.apply(text);
    }

    /** A list with filters. */
    record Case(
            String list, Map<String, String> filters, Function<PageRequest, ? extends Mono<? extends Page<?>>> pages) {
        String name() {
            return filters.isEmpty() ? list : list + " " + filters.toString().replaceAll("[{}]", "");
        }

        boolean pair() {
            return filters.size() > 1;
        }

        Page<?> page(PageRequest request) {
            return Objects.requireNonNull(pages.apply(request).block(LIMIT));
        }
    }
}
