package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.ticket.TicketSettings;
import io.portcullis.core.token.TicketPath;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.store.Identity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that a ticket is good once, in its time, on its path, and for a live session alone, on two nodes. */
@Timeout(180)
@Tag("database-independent")
class TicketServiceIT {
    private static final int ROUNDS = 20;
    private static final int USES = 50;
    private static final TicketPath WS = TicketPath.of("/ws");
    private static final Duration LIFE = TicketSettings.defaults().life();
    private static final Actor ADMIN = new Actor("root", CoreNode.CLIENT);

    @AutoClose
    private final CoreCluster cluster = CoreCluster.start();

    private LoginResult alice;

    @BeforeEach
    void logIn() {
        cluster.addAccount("alice", "user");
        alice = cluster.node(0).login("alice");
    }

    private Token ticket() {
        return ticket(TicketPath.ANY);
    }

    private Token ticket(TicketPath path) {
        return tryIssue(path).get();
    }

    private Outcome<Token> tryIssue(TicketPath path) {
        return Outcome.of(cluster.node(0).tickets().issue(alice.sessionId(), path));
    }

    private Outcome<Identity> use(int node, Token ticket) {
        return use(node, ticket.value(), WS);
    }

    private Outcome<Identity> use(int node, String ticket, TicketPath path) {
        return Outcome.of(cluster.node(node).tickets().redeem(ticket, path, CoreNode.CLIENT::ip));
    }

    private long rows() {
        return cluster.sql().number("SELECT COUNT(*) FROM auth_ticket");
    }

    @Test
    void redeemWhenUsedOnAnotherNodeThenTheIdentityOnce() {
        Token ticket = ticket();

        Identity identity = use(1, ticket).get();

        assertThat(identity)
                .isEqualTo(cluster.node(1).check(alice.tokens().access()).get());
        assertThat(use(0, ticket).error()).isEqualTo(ErrorCode.TICKET_INVALID);
        assertThat(use(1, ticket).error()).isEqualTo(ErrorCode.TICKET_INVALID);
        assertThat(rows()).isZero();
    }

    @Test
    void redeemWhenUsedManyTimesAtOnceOnTwoNodesThenExactlyOnePasses() {
        for (int round = 0; round < ROUNDS; round++) {
            Token ticket = ticket();
            List<CompletableFuture<Outcome<Identity>>> uses = new ArrayList<>();
            for (int i = 0; i < USES; i++) {
                uses.add(Race.begin(
                        cluster.node(i).tickets().redeem(ticket.value(), WS, CoreNode.CLIENT::ip),
                        Duration.ofMillis(2)));
            }

            List<ErrorCode> refusals = new ArrayList<>();
            uses.forEach(use -> refusals.add(use.join().error()));

            assertThat(refusals).as("round %d", round).containsOnlyOnce((ErrorCode) null);
            refusals.remove(null);
            assertThat(refusals).hasSize(USES - 1).containsOnly(ErrorCode.TICKET_INVALID);
        }
    }

    @Test
    void issueWhenStoredThenTheDigestAlone() {
        Token ticket = ticket();

        assertThat(cluster.sql().texts("SELECT digest, session_id FROM auth_ticket"))
                .containsExactly(ticket.digest(), alice.sessionId());
    }

    @Test
    void redeemWhenItsTimeIsOverThenRefused() {
        Token inTime = ticket();
        Token late = ticket();
        cluster.clock().advance(LIFE.minusMillis(1));
        assertThat(use(1, inTime).error()).isNull();

        cluster.clock().advance(Duration.ofMillis(1));

        assertThat(use(1, late).error()).isEqualTo(ErrorCode.TICKET_INVALID);
    }

    @Test
    void redeemWhenTheNodesClocksDifferThenTheDatabasesClockDecides() {
        Token first = ticket();
        Token second = ticket();
        try (CoreNode ahead = cluster.startNode(Duration.ofSeconds(50));
                CoreNode behind = cluster.startNode(Duration.ofSeconds(-50))) {
            assertThat(Outcome.of(ahead.tickets().redeem(first.value(), WS, CoreNode.CLIENT::ip))
                            .error())
                    .isNull();
            cluster.clock().advance(LIFE);

            assertThat(Outcome.of(behind.tickets().redeem(second.value(), WS, CoreNode.CLIENT::ip))
                            .error())
                    .isEqualTo(ErrorCode.TICKET_INVALID);
        }
    }

    @Test
    void redeemWhenOnAnotherPathThenRefusedAndNotUsedUp() {
        Token ticket = ticket(WS);

        assertThat(use(0, ticket.value(), TicketPath.of("/other")).error()).isEqualTo(ErrorCode.TICKET_INVALID);

        assertThat(use(1, ticket).error()).isNull();
    }

    @Test
    void redeemWhenTheSessionHasEndedThenItsReason() {
        Token kicked = ticket();
        cluster.node(0).run(cluster.node(0).services().terminator().end(alice.sessionId(), EndReason.KICKED, ADMIN));
        assertThat(use(1, kicked).error()).isEqualTo(ErrorCode.SESSION_KICKED);

        alice = cluster.node(0).login("alice");
        Token loggedOut = ticket();
        cluster.node(1).assertLogsOut(alice.tokens().access());
        assertThat(use(0, loggedOut).error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
        assertThat(tryIssue(WS).error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
    }

    @Test
    void redeemWhenTheSessionHasExpiredThenThatReason() {
        cluster.sql()
                .update("UPDATE auth_session SET expires_at = "
                        + cluster.time(cluster.clock().instant().plusSeconds(10)));
        Token ticket = ticket();
        cluster.clock().advance(Duration.ofSeconds(10));

        assertThat(use(0, ticket).error()).isEqualTo(ErrorCode.SESSION_EXPIRED);
        assertThat(tryIssue(WS).error()).isEqualTo(ErrorCode.SESSION_EXPIRED);
    }

    @Test
    void redeemWhenMySqlHasNoSuchSessionThenRefused() {
        Token ticket = ticket();
        cluster.sql().update("DELETE FROM auth_session");

        assertThat(use(0, ticket).error()).isEqualTo(ErrorCode.TICKET_INVALID);
        assertThat(tryIssue(WS).error()).isEqualTo(ErrorCode.ACCESS_TOKEN_INVALID);
    }

    @Test
    void redeemWhenTheSessionWasRefreshedThenItPasses() {
        Token ticket = ticket();
        assertThat(cluster.node(1).refresh(alice.tokens().refresh()).succeeded())
                .isTrue();

        assertThat(use(1, ticket).error()).isNull();
    }

    @Test
    void redeemWhenAnotherKindOfTokenThenRefused() {
        Token ticket = ticket();

        assertThat(use(0, alice.tokens().access()).error()).isEqualTo(ErrorCode.TICKET_INVALID);
        assertThat(use(0, alice.tokens().refresh()).error()).isEqualTo(ErrorCode.TICKET_INVALID);
        assertThat(cluster.node(0).check(ticket).error()).isEqualTo(ErrorCode.ACCESS_TOKEN_INVALID);
        assertThat(cluster.node(0).refresh(ticket).error()).isEqualTo(ErrorCode.REFRESH_TOKEN_INVALID);
        assertThat(use(0, ticket).error()).isNull();
    }

    @Test
    void logoutWhenATicketIsPresentedThenTheSessionGoesOn() {
        Token ticket = ticket();

        cluster.node(0).assertLogsOut(ticket);

        cluster.assertEverywhere(alice.tokens().access(), null);
        assertThat(use(0, ticket).error()).isNull();
    }

    @Test
    void issueWhenAsManyAreOpenAsMayBeThenRefusedUntilOneIsUsedOrLate() {
        List<CompletableFuture<Outcome<Token>>> issued = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            issued.add(Race.begin(
                    cluster.node(i).tickets().issue(alice.sessionId(), TicketPath.ANY), Duration.ofMillis(2)));
        }
        List<Outcome<Token>> outcomes =
                issued.stream().map(CompletableFuture::join).toList();
        List<Token> open =
                outcomes.stream().filter(Outcome::succeeded).map(Outcome::get).toList();

        assertThat(open).hasSize(TicketSettings.defaults().maxOpen());
        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.succeeded())
                .extracting(Outcome::error)
                .containsOnly(ErrorCode.TOO_MANY_REQUESTS);
        assertThat(use(0, open.get(0)).error()).isNull();
        assertThat(tryIssue(WS).error()).isNull();
        assertThat(tryIssue(WS).error()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
        cluster.clock().advance(LIFE);
        assertThat(tryIssue(WS).error()).isNull();
    }

    @Test
    void janitorWhenTicketsAreLateThenTheirRowsGo() {
        Token late = ticket();
        cluster.clock().advance(LIFE.plus(CoreNode.SKEW));
        Token open = ticket();
        cluster.clock().advance(Duration.ofMillis(1));

        cluster.node(0)
                .run(cluster.node(0)
                        .janitor(JanitorIT.settings(7), cluster.clock(), UnaryOperator.identity())
                        .run());

        assertThat(cluster.sql().texts("SELECT digest FROM auth_ticket"))
                .containsExactly(open.digest())
                .doesNotContain(late.digest());
    }
}
