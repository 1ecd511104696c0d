package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.store.Identity;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tests the loss of all data in Redis while the clients of 10,000 live sessions call at once. */
@Tag("database-independent")
class RefillStormIT {
    private static final int LIVE = 10_000;
    private static final int REVOKED = 200;
    private static final int ROWS = 1_000;
    private static final int LOGINS = 10;
    private static final int CALLERS = 16;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    /** Ten connections for checks and a few for logins and the replay; the pool has 20. */
    private static final int MOST_OF_A_POOL = 10 + 4;

    private static final Actor ADMIN = new Actor("root", CoreNode.CLIENT);

    private static RedisServer redis;
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
        cluster = CoreCluster.start(redis);
        cluster.addAccount("alice");
    }

    @AfterAll
    static void stop() {
        cluster.close();
        redis.close();
    }

    /** A session and its access token. */
    private record SeededSession(String session, Token access) {}

    private record CheckResult(Token token, Outcome<Identity> outcome) {}

    @Test
    void checkWhenRedisIsEmptiedThenAllAreServedAndNoneRevived() {
        List<SeededSession> live = sessions(LIVE);
        List<SeededSession> revoked = sessions(REVOKED);
        revoked.forEach(copy -> cluster.node(0)
                .run(cluster.node(0).services().terminator().end(copy.session(), EndReason.KICKED, ADMIN)));
        Set<Token> dead = revoked.stream().map(SeededSession::access).collect(Collectors.toSet());
        cluster.redis().flushall();

        var storm = Flux.concat(Flux.fromIterable(live), Flux.fromIterable(revoked))
                .flatMap(copy -> check(copy.access()), LIVE + REVOKED)
                .collectList()
                .toFuture();
        var logins = CompletableFuture.supplyAsync(
                () -> IntStream.range(0, LOGINS)
                        .mapToObj(i -> cluster.node(i).login("alice", CoreCluster.PASSWORD))
                        .toList(),
                Race.threads());
        var most = new AtomicInteger();
        Await.until("the storm is over", () -> {
            cluster.nodes().forEach(node -> most.accumulateAndGet(node.acquired(), Math::max));
            return storm.isDone() && logins.isDone();
        });

        assertThat(most.get()).as("of a node's connections to MySQL").isBetween(2, MOST_OF_A_POOL);
        assertThat(logins.join()).allMatch(Outcome::succeeded);
        assertThat(storm.join())
                .allSatisfy(answer -> assertThat(answer.outcome().error())
                        .isIn(dead.contains(answer.token()) ? ErrorCode.SESSION_KICKED : null, ErrorCode.UNAVAILABLE));
        assertThat(again(live)).as("whoever calls again is served").allMatch(Outcome::succeeded);
        assertThat(again(revoked)).extracting(Outcome::error).as("or refused").containsOnly(ErrorCode.SESSION_KICKED);
    }

    private static Mono<CheckResult> check(Token token) {
        return Outcome.later(cluster.node(token.digest().hashCode() & 1).checking(token))
                .map(outcome -> new CheckResult(token, outcome));
    }

    /** Lets each client call, and call again while the response tells it to retry later. */
    private static List<Outcome<Identity>> again(List<SeededSession> copies) {
        return Flux.fromIterable(copies)
                .flatMap(
                        copy -> check(copy.access())
                                .map(CheckResult::outcome)
                                .filter(outcome -> outcome.error() != ErrorCode.UNAVAILABLE)
                                .repeatWhenEmpty(rounds -> rounds.delayElements(Duration.ofMillis(20))),
                        CALLERS)
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    /** Inserts sessions as if alice had logged in that many times. */
    private static List<SeededSession> sessions(int count) {
        var model = cluster.node(0).login("alice").sessionId();
        var codec = new TokenCodec(CoreCluster.KEYS, cluster.clock(), new SecureRandom());
        var expiry = cluster.clock().instant().plus(Duration.ofMinutes(20));
        List<SeededSession> copies = IntStream.range(0, count)
                .mapToObj(i -> copy(codec, model.substring(0, 24) + "%012d".formatted(i), expiry))
                .toList();
        for (int from = 0; from < count; from += ROWS) {
            insert(model, copies.subList(from, Math.min(count, from + ROWS)));
        }
        return copies;
    }

    private static SeededSession copy(TokenCodec codec, String sessionId, Instant expiry) {
        return new SeededSession(sessionId, codec.mintAccess(sessionId, expiry));
    }

    private static void insert(String model, List<SeededSession> copies) {
        String rows = copies.stream()
                .map(copy -> "SELECT '%s' AS new_id, '%s' AS new_digest"
                        .formatted(copy.session(), copy.access().digest()))
                .collect(Collectors.joining(" UNION ALL "));
        cluster.sql().update("""
                INSERT INTO auth_session (id, user_id, username, user_type, roles, ip, scopes, created_at, last_seen_at,
                    last_ip, expires_at)
                SELECT new_id, user_id, username, user_type, roles, ip, scopes, created_at, last_seen_at, last_ip, expires_at
                FROM auth_session JOIN (%s) fresh WHERE id = '%s'""".formatted(rows, model));
        cluster.sql().update("""
                INSERT INTO access_token (digest, session_id, user_id, expires_at)
                SELECT new_digest, new_id, user_id, expires_at
                FROM access_token JOIN (%s) fresh WHERE session_id = '%s'""".formatted(rows, model));
    }
}
