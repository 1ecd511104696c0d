package io.portcullis.core.login;

import static io.portcullis.core.login.SessionLimits.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.r2dbc.QueryAccountRepository;
import io.portcullis.core.session.ClientInfo;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that the limits on the sessions of one user are exact: many logins of one user at once, on two nodes, with accounts in the
 * gateway's table and in another one. The system property {@code device-limit.rounds} sets the number of rounds of each limit.
 */
class DeviceLimitRaceIT {
    private static final int ROUNDS = Integer.getInteger("device-limit.rounds", 2);
    private static final int LOGINS = 50;
    private static final int MAX = 3;
    private static final String QUERY =
            "SELECT id, username, password_hash, status, roles, user_type FROM account WHERE username = :username";
    private static final String LIVE = "SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL AND user_id = ?";

    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** @param allowed the largest number of live sessions */
    record Limit(SessionLimits limits, int allowed, boolean ownAccounts) {}

    static Stream<Limit> limits() {
        return Stream.of(true, false)
                .flatMap(own -> Stream.of(
                        new Limit(new SessionLimits(MAX, WhenFull.EVICT_OLDEST, Set.of()), MAX, own),
                        new Limit(new SessionLimits(MAX, WhenFull.REJECT, Set.of()), MAX, own),
                        new Limit(new SessionLimits(UNLIMITED, WhenFull.EVICT_OLDEST, Set.of("app")), 1, own)));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void loginsWhenAtOnceOnTwoNodesThenNeverMoreSessionsThanAllowed(Limit limit) {
        var nodes = cluster.nodes().stream()
                .map(node -> node.servicesWith()
                        .limits(limit.limits())
                        .accounts(accounts(node, limit))
                        .build())
                .toList();
        for (int round = 0; round < ROUNDS; round++) {
            String user = "user-%s-%d-%s-%d"
                    .formatted(limit.limits().whenFull(), limit.allowed(), limit.ownAccounts(), round);
            cluster.addAccount(user);
            run(user, limit, nodes);
        }
    }

    private static AccountRepository accounts(CoreNode node, Limit limit) {
        return limit.ownAccounts()
                ? node.accounts()
                : new QueryAccountRepository(node.database(), QUERY, List.of("ENABLED"));
    }

    private static void run(String user, Limit limit, List<AuthServices> nodes) {
        List<CompletableFuture<Outcome<LoginResult>>> calls = IntStream.range(0, LOGINS)
                .mapToObj(i ->
                        Race.begin(nodes.get(i % nodes.size()).login().login(request(user, i)), Duration.ofMillis(20)))
                .toList();
        var all = CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new));
        do {
            assertThat(cluster.sql().number(LIVE, user)).isLessThanOrEqualTo(limit.allowed());
        } while (!all.isDone());
        all.join();

        assertThat(cluster.sql().number(LIVE, user)).isEqualTo(limit.allowed());
        verify(calls.stream().map(CompletableFuture::join).toList(), limit);
    }

    /** Each login comes from an address of its own, so that they do not wait for each other in the login throttle. */
    private static LoginRequest request(String user, int number) {
        return new LoginRequest(
                user, CoreCluster.PASSWORD, new ClientInfo("198.51.100." + number, "test", "app", null));
    }

    /** On a busy machine the database may not answer some of the logins in time. Such a login may have opened a session or not. */
    private static void verify(List<Outcome<LoginResult>> outcomes, Limit limit) {
        boolean rejects = limit.limits().whenFull() == WhenFull.REJECT;
        List<LoginResult> opened =
                outcomes.stream().filter(Outcome::succeeded).map(Outcome::get).toList();
        List<ErrorCode> failures = outcomes.stream()
                .filter(outcome -> !outcome.succeeded())
                .map(Outcome::error)
                .toList();
        int unanswered = Collections.frequency(failures, ErrorCode.UNAVAILABLE);
        int refused = Collections.frequency(failures, ErrorCode.TOO_MANY_SESSIONS);
        assertThat(opened.size() + unanswered + refused).isEqualTo(LOGINS);
        if (rejects) {
            assertThat(opened).hasSizeBetween(limit.allowed() - unanswered, limit.allowed());
        } else {
            assertThat(refused).isZero();
        }
        int ended = rejects ? 0 : opened.size() - limit.allowed();
        for (CoreNode node : cluster.nodes()) {
            List<ErrorCode> refusals = opened.stream()
                    .map(login -> node.check(login.tokens().access()))
                    .filter(check -> !check.succeeded())
                    .map(Outcome::error)
                    .toList();
            assertThat(refusals)
                    .hasSizeBetween(ended, rejects ? 0 : ended + unanswered)
                    .allMatch(code -> code == ErrorCode.SESSION_REPLACED);
        }
    }
}
