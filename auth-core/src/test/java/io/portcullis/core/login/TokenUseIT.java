package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.TicketPath;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.use.TokenUse;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests what nodes write about the uses of access tokens, and that the flush does not disturb the ends of sessions. */
@Timeout(180)
class TokenUseIT {
    private static final CoreCluster cluster = CoreCluster.start();
    private static final String IP = "198.51.100.7";

    private String user = "";

    @BeforeEach
    void addUser() {
        user = "user-" + UUID.randomUUID();
        cluster.addAccount(user);
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static void flush(CoreNode node) {
        node.run(node.tokenUses().flush());
    }

    private static void use(CoreNode node, Token access, String ip) {
        assertThat(node.check(access, ip).error()).isNull();
    }

    private static List<String> rows(String sessionId) {
        return cluster.sql()
                .texts(
                        "SELECT CONCAT(access_digest, ' ', ip, ' ', user_id) FROM token_use WHERE session_id = ?"
                                + " ORDER BY ip",
                        sessionId);
    }

    private static String lastIp(String sessionId) {
        return cluster.sql()
                .texts("SELECT last_ip FROM auth_session WHERE id = ?", sessionId)
                .get(0);
    }

    @Test
    void flushWhenATokenWasUsedOnTwoNodesThenOneRowForEachAddress() {
        var login = cluster.node(0).login(user);
        var access = login.tokens().access();
        String first = access.digest() + " " + IP + " " + user;
        String second = access.digest() + " 198.51.100.8 " + user;

        for (int i = 0; i < 3; i++) {
            assertThat(cluster.node(i).check(access, IP).error()).isNull();
        }
        cluster.clock().advance(Duration.ofSeconds(1));
        assertThat(cluster.node(1).check(access, "198.51.100.8").error()).isNull();
        assertThat(rows(login.sessionId())).isEmpty();
        cluster.nodes().forEach(TokenUseIT::flush);

        assertThat(rows(login.sessionId())).containsExactly(first, second);
        assertThat(lastIp(login.sessionId())).isEqualTo("198.51.100.8");
    }

    @Test
    void flushWhenTheHourChangesThenEachHourHasItsRow() {
        var login = cluster.node(0).login(user);
        var access = login.tokens().access();
        long hours = cluster.clock().instant().getEpochSecond() / 3600;
        long toNext = (hours + 1) * 3600 - cluster.clock().instant().getEpochSecond();

        use(cluster.node(0), access, IP);
        cluster.clock().advance(Duration.ofSeconds(Math.min(toNext, 1500)));
        use(cluster.node(0), access, IP);
        flush(cluster.node(0));

        assertThat(rows(login.sessionId())).hasSize(toNext <= 1500 ? 2 : 1);
    }

    @Test
    void flushWhenATicketWasUsedThenARowWithoutTheTicket() {
        var login = cluster.node(0).login(user);
        var ticket = Outcome.of(cluster.node(0).tickets().issue(login.sessionId(), TicketPath.ANY))
                .get();

        cluster.node(1).run(cluster.node(1).tickets().redeem(ticket.value(), TicketPath.ANY, () -> IP));
        flush(cluster.node(1));

        assertThat(rows(login.sessionId()))
                .containsExactly(TokenUse.ticketsOf(login.sessionId()) + " " + IP + " " + user);
    }

    @Test
    void flushWhenATokenIsUsedFromVeryManyAddressesThenTheRowsOfTheSessionAreBounded() {
        var login = cluster.node(0).login(user);
        var access = login.tokens().access();
        long before = cluster.node(0).tokenUses().counters().droppedForSession();

        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 150; i++) {
                use(cluster.node(0), access, "2001:db8:0:0:0:0:" + round + ":" + Integer.toHexString(i));
            }
            flush(cluster.node(0));
        }
        assertThat(rows(login.sessionId())).hasSize(100);
        assertThat(cluster.node(0).tokenUses().counters().droppedForSession() - before)
                .isEqualTo(500);

        cluster.clock().advance(Duration.ofSeconds(5));
        String again = cluster.time(cluster.clock().instant());
        String known = rows(login.sessionId()).get(0);
        use(cluster.node(0), access, known.split(" ", -1)[1]);
        cluster.clock().advance(Duration.ofSeconds(1));
        use(cluster.node(0), access, "203.0.113.77");
        flush(cluster.node(0));

        assertThat(rows(login.sessionId())).hasSize(100);
        assertThat(cluster.sql()
                        .number("SELECT COUNT(*) FROM token_use WHERE session_id = '" + login.sessionId()
                                + "' AND last_seen_at = " + again))
                .as("a known row is still extended")
                .isEqualTo(1);
        assertThat(lastIp(login.sessionId())).isEqualTo("203.0.113.77");
    }

    @Test
    void flushWhenMySqlIsCutThenWhatWaitsIsWrittenOnceItHeals() throws Exception {
        try (TcpProxy proxy = CoreCluster.proxyToDatabase();
                CoreNode cut = cluster.startNode(proxy.port())) {
            cut.awaitTrust();
            var login = cluster.node(0).login(user);
            assertThat(cut.check(login.tokens().access(), IP).error()).isNull();
            proxy.refuse();
            proxy.cut();

            assertThat(Outcome.of(cut.tokenUses().flush()).error()).isNotNull();
            assertThat(cut.tokenUses().pending()).isEqualTo(1);
            // A busy machine may exceed the time limit of Redis, and then MySQL would have to decide.
            Await.until(
                    "a check by Redis",
                    () -> cut.check(login.tokens().access(), "198.51.100.8").error() == null);
            proxy.heal();

            Await.until(
                    "the flush succeeds",
                    () -> Outcome.of(cut.tokenUses().flush()).error() == null);
            assertThat(rows(login.sessionId())).hasSize(2);
            assertThat(cut.tokenUses().pending()).isZero();
        }
    }

    @Test
    void flushWhenTheSessionHasEndedThenItStaysEnded() {
        var login = cluster.node(0).login(user);
        use(cluster.node(1), login.tokens().access(), IP);
        cluster.node(0).run(cluster.node(0).loggingOut(login.tokens().access()));
        String ended = cluster.lastSeen(login.sessionId());
        String ip = lastIp(login.sessionId());

        cluster.clock().advance(Duration.ofSeconds(1));
        flush(cluster.node(1));

        assertThat(rows(login.sessionId())).hasSize(1);
        assertThat(cluster.lastSeen(login.sessionId())).isEqualTo(ended);
        assertThat(lastIp(login.sessionId())).isEqualTo(ip);
    }

    @Test
    void logoutWhenFlushesRunAtTheSameTimeThenEachSucceedsAndSoDoTheFlushes() {
        List<LoginResult> logins = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            logins.add(cluster.node(i).login(user));
        }
        // Few calls at once, so that on a busy machine none waits too long for a new connection to MySQL.
        for (int round = 0; round < 15; round++) {
            cluster.clock().advance(Duration.ofSeconds(1));
            List<CompletableFuture<? extends Outcome<?>>> calls = new ArrayList<>();
            for (var login : logins.subList(round * 4, logins.size())) {
                cluster.nodes().forEach(node -> use(node, login.tokens().access(), IP));
            }
            for (CoreNode node : cluster.nodes()) {
                calls.add(Race.begin(node.tokenUses().flush(), Duration.ZERO));
            }
            for (var login : logins.subList(round * 4, round * 4 + 4)) {
                calls.add(
                        Race.begin(cluster.node(round).loggingOut(login.tokens().access()), Duration.ofMillis(1)));
            }
            for (var call : calls) {
                assertThat(call.join().error()).isNull();
            }
        }
        assertThat(cluster.sql()
                        .number("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NOT NULL AND user_id = ?", user))
                .isEqualTo(60);
    }
}
