package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.EndResult;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests what the end of a session leaves behind, by a logout or by a kick. */
class SessionEndIT {
    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice", "admin");
    }

    /**
     * The replay repeats the tombstones of the last seconds by the database's clock, so an older date would hide a
     * revocation from it.
     */
    @Test
    void endThenTheLedgerHoldsItUnderThePresentTime() {
        var login = cluster.node(0).login("alice");

        cluster.node(0).assertLogsOut(login.tokens().access());

        assertThat(cluster.sql()
                        .number(
                                "SELECT COUNT(*) FROM revoked_token WHERE digest = ? AND revoked_at = "
                                        + cluster.clock().currentTimeSql(),
                                login.tokens().access().digest()))
                .isEqualTo(1);
    }

    /**
     * Without this write the response could rest on a commit that is not on disk yet, and a crash of MySQL would lose
     * it.
     */
    @Test
    void endWhenTheSessionHasEndedThenTheAnswerIsConfirmedByAWrite() {
        var login = cluster.node(0).login("alice");
        cluster.node(0).assertLogsOut(login.tokens().access());
        var before = cluster.lastSeen(login.sessionId());

        var again = Outcome.of(cluster.node(1)
                .services()
                .terminator()
                .end(login.sessionId(), EndReason.KICKED, new Actor("root", CoreNode.CLIENT)));

        assertThat(again.get()).isEqualTo(EndResult.ALREADY_ENDED);
        assertThat(cluster.lastSeen(login.sessionId())).isNotEqualTo(before);
    }

    @Test
    void kickWhenOneSessionCannotBeEndedThenTheOthersAreDeadAndItSaysSo() {
        cluster.addAccount("carol");
        var logins =
                Stream.generate(() -> cluster.node(0).login("carol")).limit(3).toList();
        var held = logins.get(1);
        cluster.sql().update("BEGIN");
        assertThat(cluster.sql().texts("SELECT id FROM auth_session WHERE id = ? FOR UPDATE", held.sessionId()))
                .hasSize(1);

        var kick = Outcome.of(cluster.node(0)
                .services()
                .terminator()
                .endAllOf(held.userId(), TenantScope.ALL, EndReason.KICKED, new Actor("root", CoreNode.CLIENT)));

        cluster.sql().update("ROLLBACK");
        assertThat(kick.error()).isEqualTo(ErrorCode.UNAVAILABLE);
        cluster.assertEverywhere(logins.get(0).tokens().access(), ErrorCode.SESSION_KICKED);
        cluster.assertEverywhere(logins.get(2).tokens().access(), ErrorCode.SESSION_KICKED);
    }

    @Test
    void kickThenTheLogNamesTheAdministrator() {
        var login = cluster.node(0).login("alice");
        var terminator = cluster.node(1).services().terminator();

        var result =
                Outcome.of(terminator.end(login.sessionId(), EndReason.KICKED, new Actor("root", CoreNode.CLIENT)));

        assertThat(result.get()).isEqualTo(EndResult.ENDED);
        cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_KICKED);
        assertThat(cluster.loginLog(login.sessionId()))
                .containsExactlyInAnyOrder("LOGIN/SUCCESS/alice", "KICKED/SUCCESS/root");
        assertThat(Outcome.of(terminator.end("none", EndReason.KICKED, new Actor("root", CoreNode.CLIENT)))
                        .get())
                .isEqualTo(EndResult.NOT_FOUND);
    }
}
