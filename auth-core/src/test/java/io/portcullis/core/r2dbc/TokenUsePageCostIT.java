package io.portcullis.core.r2dbc;

import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.toList;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.r2dbc.PageCost.Given;
import io.portcullis.core.token.use.TokenUse;
import io.portcullis.core.token.use.TokenUseFilter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Verifies of the token uses what {@link PageCostIT} verifies of the sessions and the login log. */
@Timeout(300)
class TokenUsePageCostIT {
    private static final int ROWS = 20_000;

    @RegisterExtension
    static final TestStore store = new TestStore();

    private static final PageCost cost = new PageCost(store);
    private static final R2dbcTokenUseRepository uses = new R2dbcTokenUseRepository(cost.client(), PageCost.LIMITS);

    @BeforeAll
    static void fill() {
        PageCost.createNumbers(store);
        // The newest rows have the lowest n. Seven rows have the same time, some of them the same token, others the
        // same address. A tenth
        // is old, and unlike the others. The digest of a token begins with the digits of its kind.
        String kind = "CASE WHEN old THEN 'old' WHEN MOD(n, 997) = 5 THEN 'rare' ELSE 'common' END";
        String digest = "CONCAT(CASE WHEN old THEN 'bbbbbbbb' WHEN MOD(n, 997) = 5 THEN 'eeeeeeee' ELSE 'aaaaaaaa' END,"
                + " LPAD(HEX(FLOOR(n / 2)), 56, '0'))";
        String at = "TIMESTAMPADD(SECOND, -FLOOR(n / 7), '2026-11-23 10:15:30.123')";
        store.execute("""
                INSERT INTO token_use (access_digest, ip, used_hour, session_id, user_id, first_seen_at, last_seen_at)
                SELECT LOWER(%2$s), CASE WHEN MOD(n, 2) = 0 THEN %1$s ELSE CONCAT('odd-', %1$s) END,
                    TIMESTAMPDIFF(HOUR, '1970-01-01', %3$s), %1$s, %1$s,
                    TIMESTAMPADD(SECOND, -LEAST(60 * MOD(n, 30), MOD(TIMESTAMPDIFF(SECOND, '1970-01-01', %3$s), 3600)), %3$s), %3$s
                FROM %4$s""".formatted(kind, digest, at, PageCost.rows(ROWS)));
        store.execute("ANALYZE TABLE token_use");
    }

    @AfterAll
    static void closeConnection() {
        cost.close();
    }

    private static List<List<Given>> filters() {
        Stream<Given> texts = Stream.of("common", "rare", "old", "none")
                .flatMap(value -> Stream.of(
                        Given.equal("userId", "user_id", value),
                        Given.equal("sessionId", "session_id", value),
                        Given.equal("ip", "ip", value)));
        Stream<Given> tokens = Stream.of("aaaaaaaa", "bbbbbbbb", "eeeeeeee", "cccccccc")
                .map(value -> Given.prefix("accessTokenId", "access_digest", value));
        Stream<Given> times = Stream.of("2026-11-23T10:10:30Z", "2026-11-23T09:31:00Z")
                .flatMap(value -> Stream.of(
                        new Given("from", value, "last_seen_at >= '" + sql(value) + "'"),
                        new Given("to", value, "first_seen_at <= '" + sql(value) + "'")));
        return Stream.of(texts, tokens, times)
                .flatMap(given -> given)
                .collect(collectingAndThen(toList(), PageCost::alonesAndPairs));
    }

    private static String sql(String time) {
        return time.replace('T', ' ').replace("Z", "");
    }

    @ParameterizedTest
    @MethodSource("filters")
    void pageWhenFilteredThenTheRowsAtBoundedCost(List<Given> given) {
        var filter = new TokenUseFilter(
                TenantScope.ALL,
                PageCost.value(given, "accessTokenId"),
                PageCost.value(given, "sessionId"),
                PageCost.value(given, "userId"),
                PageCost.value(given, "ip"),
                PageCost.time(PageCost.value(given, "from")),
                PageCost.time(PageCost.value(given, "to")));
        cost.requireBounded(
                given,
                cost.ids(
                        "CONCAT(access_digest, '/', ip, '/', used_hour)",
                        "token_use WHERE used_hour > 0",
                        given,
                        "last_seen_at DESC, access_digest DESC, ip DESC, used_hour DESC"),
                request -> uses.page(filter, request).map(page -> page.map(TokenUsePageCostIT::id)));
    }

    private static String id(TokenUse use) {
        return use.digest() + "/" + use.ip() + "/" + use.hour();
    }
}
