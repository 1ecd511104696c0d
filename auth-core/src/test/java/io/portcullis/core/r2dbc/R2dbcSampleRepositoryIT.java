package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Sessions.aSession;
import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.r2dbc.RecordedStatements.PlanLine;
import io.portcullis.core.sample.NodeReadings;
import io.portcullis.core.sample.NodeSample;
import io.portcullis.core.sample.SampleRange;
import io.portcullis.core.sample.SampleRepository;
import io.portcullis.core.sample.SessionSample;
import io.portcullis.core.sample.TimedNodeSample;
import io.portcullis.core.session.EndReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;

@Timeout(120)
class R2dbcSampleRepositoryIT {
    private static final Instant NOON = Instant.parse("2026-11-18T12:00:00.000Z");

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcSessionRepository sessions = new R2dbcSessionRepository(store.client);

    @BeforeEach
    void empty() {
        store.execute("DELETE FROM node_sample");
        store.execute("DELETE FROM session_sample");
        store.execute("DELETE FROM auth_session");
    }

    /** Returns a repository whose database clock shows this time. */
    private static R2dbcSampleRepository at(Instant time) {
        return at(time, store.client);
    }

    private static R2dbcSampleRepository at(Instant time, DatabaseClient client) {
        return new R2dbcSampleRepository(
                client, () -> "TIMESTAMP '" + ColumnValues.utc(time).toString().replace('T', ' ') + "'");
    }

    private static NodeSample sample(String node, int seconds, long checks, int streams) {
        return new NodeSample(
                node,
                Duration.ofSeconds(seconds),
                new NodeReadings(checks, checks / 10, Duration.ofMillis(checks + 1), streams));
    }

    private static SampleRange range(Duration shortest) {
        return SampleRange.of(NOON, NOON.plus(Duration.ofHours(1)), shortest);
    }

    private static List<TimedNodeSample> samples(SampleRange range) {
        var nodes = await(at(NOON).findNodes(range, 10));
        return await(at(NOON).findSamples(range, nodes).collectList());
    }

    private static List<SessionSample> counted(SampleRange range) {
        return await(at(NOON).findSessions(range).collectList());
    }

    @Test
    void saveWhenTwoNodesWriteTwiceAMinuteThenOneRowForEachWithTheSum() {
        run(at(NOON.plusSeconds(1)).save(sample("a:1", 20, 40, 7)));
        run(at(NOON.plusSeconds(2)).save(sample("b:1", 30, 10, 1)));
        run(at(NOON.plusMillis(59_999)).save(sample("a:1", 40, 60, 9)));
        run(at(NOON.plusSeconds(60)).save(sample("a:1", 60, 5, 2)));

        var both = new NodeReadings(100, 10, Duration.ofMillis(102), 9);
        assertThat(samples(range(Duration.ofMinutes(1))))
                .containsExactly(
                        new TimedNodeSample(NOON, new NodeSample("a:1", Duration.ofSeconds(60), both)),
                        new TimedNodeSample(NOON.plusSeconds(60), sample("a:1", 60, 5, 2)),
                        new TimedNodeSample(NOON, sample("b:1", 30, 10, 1)));
    }

    @Test
    void saveWhenTheClockIsTheDatabasesThenTheRowHasItsMinute() {
        String minute = "SELECT TIMESTAMPDIFF(MINUTE, '1970-01-01', UTC_TIMESTAMP())";
        long before = store.count(minute);
        run(new R2dbcSampleRepository(store.client).save(sample("a:1", 60, 1, 1)));

        assertThat(store.count("SELECT TIMESTAMPDIFF(MINUTE, '1970-01-01', sampled_at) FROM node_sample"))
                .isBetween(before, store.count(minute));
        assertThat(store.count("SELECT COUNT(*) FROM node_sample WHERE SECOND(sampled_at) = 0"))
                .isEqualTo(1);
    }

    @Test
    void findSamplesWhenAStepHasManyThenTheirSumAndTheAverageOfStreams() {
        for (int minute = 0; minute < 10; minute++) {
            run(at(NOON.plusSeconds(60L * minute)).save(sample("a:1", 60, 10, minute)));
        }
        run(at(NOON.plusSeconds(3600)).save(sample("late:1", 60, 1, 1)));
        run(at(NOON.minusSeconds(1)).save(sample("early:1", 60, 1, 1)));

        var five = new NodeReadings(50, 5, Duration.ofMillis(55), 2);
        var next = new NodeReadings(50, 5, Duration.ofMillis(55), 7);
        assertThat(samples(range(Duration.ofMinutes(5))))
                .containsExactly(
                        new TimedNodeSample(NOON, new NodeSample("a:1", Duration.ofMinutes(5), five)),
                        new TimedNodeSample(NOON.plusSeconds(300), new NodeSample("a:1", Duration.ofMinutes(5), next)));
        assertThat(await(at(NOON).findSamples(range(Duration.ofMinutes(5)), List.of())
                        .collectList()))
                .isEmpty();
    }

    @Test
    void findNodesWhenMoreThanTheLimitThenThoseWithTheLatestSamples() {
        run(at(NOON).save(sample("old:1", 60, 1, 1)));
        run(at(NOON.plusSeconds(60)).save(sample("b:1", 60, 1, 1)));
        run(at(NOON.plusSeconds(60)).save(sample("a:1", 60, 1, 1)));

        assertThat(await(at(NOON).findNodes(range(Duration.ofMinutes(1)), 2))).containsExactly("a:1", "b:1");
    }

    private void insertSession(Instant expiresAt, boolean ended) {
        String id = UUID.randomUUID().toString();
        run(sessions.insert(aSession(id, "u", NOON.minusSeconds(9), expiresAt)));
        if (ended) {
            run(sessions.end(id, NOON, EndReason.LOGOUT));
        }
    }

    @Test
    void countSessionsWhenSeveralNodesCountAtOnceThenOneDoesInEachInterval() {
        insertSession(NOON.plusSeconds(900), false);
        insertSession(NOON.plusSeconds(900), false);
        insertSession(NOON.plusSeconds(300), false);
        insertSession(NOON.plusSeconds(900), true);
        insertSession(NOON, false);

        assertThat(counts(NOON.plusMillis(1))).isEqualTo(1);
        assertThat(counts(NOON.plusMillis(299_999))).isZero();
        assertThat(counts(NOON.plusSeconds(301))).isEqualTo(1);

        assertThat(counted(range(SampleRepository.SESSION_INTERVAL)))
                .containsExactly(new SessionSample(NOON, 3), new SessionSample(NOON.plusSeconds(300), 2));
    }

    /** Lets four nodes count at this time. Returns the number of those that did. */
    private static long counts(Instant time) {
        return await(Flux.range(0, 4)
                .flatMap(node -> at(time).countSessions(), 4)
                .filter(counted -> counted)
                .count());
    }

    @Test
    void findSessionsWhenAnIntervalHasNoNumberThenItHasNoPartInTheAverage() {
        store.execute(
                "INSERT INTO session_sample (sampled_at, sessions) VALUES ('2026-11-18 12:00:00', 10), ('2026-11-18 12:05:00', NULL),"
                        + " ('2026-11-18 12:10:00', 13), ('2026-11-18 12:30:00', NULL), ('2026-11-18 13:00:00', 99)");

        assertThat(counted(range(Duration.ofMinutes(30)))).containsExactly(new SessionSample(NOON, 12));
    }

    @Test
    void countSessionsWhenExplainedThenItReadsOneIndexAndNoRows() {
        PageCost.createNumbers(store);
        store.execute("""
                INSERT INTO auth_session (id, user_id, username, user_type, roles, ip, scopes, created_at, last_seen_at,
                    last_ip, expires_at, ended_at)
                SELECT UUID(), n, n, 'user', '', '::1', '', '2026-11-18', '2026-11-18', '::1', '2026-11-19',
                    CASE WHEN n < 900 THEN '2026-11-18' END
                FROM test_number""");
        store.execute("ANALYZE TABLE auth_session");
        var statements = new RecordedStatements(store.pool);
        assertThat(await(at(NOON, DatabaseClient.create(statements)).countSessions()))
                .isTrue();

        List<PlanLine> plan = await(Flux.fromIterable(statements.take())
                .filter(each -> each.sql().contains("auth_session"))
                .concatMap(statements::explain)
                .collectList());

        assertThat(plan).singleElement().satisfies(line -> {
            assertThat(line.key()).isEqualTo("auth_session_expiry");
            assertThat(line.type()).isEqualTo("range");
            assertThat(line.extra()).contains("Using index").doesNotContain("Using index condition");
        });
    }
}
