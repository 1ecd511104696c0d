package io.portcullis.chaos.checker;

import static io.portcullis.chaos.checker.Property.AUTHENTICATED;
import static io.portcullis.chaos.checker.Property.DENIED_STAYS_DENIED;
import static io.portcullis.chaos.checker.Property.ENDED_STAYS_ENDED;
import static io.portcullis.chaos.checker.Property.LIVE_IS_SERVED;
import static io.portcullis.chaos.checker.Story.CUT_OFF;
import static io.portcullis.chaos.checker.Story.EXACT;
import static io.portcullis.chaos.checker.Story.INVALID_REFRESH;
import static io.portcullis.chaos.checker.Story.LOGGED_OUT;
import static io.portcullis.chaos.checker.Story.QUEUED;
import static io.portcullis.chaos.checker.Story.REJECT;
import static io.portcullis.chaos.checker.Story.SKEWED;
import static io.portcullis.chaos.checker.Story.loggedIn;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HistoryCheckerTests {
    @Test
    void checkWhenAllIsWellThenNothing() {
        Story story = loggedIn(0, 10)
                .served(1, 20, 30)
                .refreshed(1, 2, 40, 50)
                .served(1, 51, 60)
                .served(2, 60, 70)
                .loggedOut(80, 90)
                .refused(2, LOGGED_OUT, 91, 100)
                .refreshRefused(2, INVALID_REFRESH, 100, 110);

        assertThat(story.broken(EXACT)).isEmpty();
        assertThat(story.verdict(EXACT).ended()).isEqualTo(Duration.ZERO);
    }

    @Test
    void checkWhenServedAfterLogoutThenBroken() {
        Story story = loggedIn(0, 10).loggedOut(20, 30).served(1, 31, 40);
        assertThat(story.broken(EXACT)).containsExactly(ENDED_STAYS_ENDED);
        assertThat(story.verdict(EXACT).ended()).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void checkWhenServedWithinTheBoundThenOnlyMeasured() {
        Story story = loggedIn(0, 10).kicked(20, 30).served(1, 900, 910);

        assertThat(story.broken(CUT_OFF)).isEmpty();
        assertThat(story.verdict(CUT_OFF).ended()).isEqualTo(Duration.ofMillis(870));
        assertThat(story.served(1, 1_031, 1_040).broken(CUT_OFF)).containsExactly(ENDED_STAYS_ENDED);
    }

    /** The node that answers an end without a tombstone does not serve its session, and the other learns of it soon. */
    @Test
    void checkWhenTheEndIsQueuedThenOnlyOtherNodesMayServeASecond() {
        Story here = loggedIn(0, 10).kicked(20, 30).served(1, 31, 40);
        Story elsewhere = loggedIn(0, 10).kickedAtOtherNode(20, 30).served(1, 900, 910);

        assertThat(here.broken(QUEUED)).containsExactly(ENDED_STAYS_ENDED);
        assertThat(elsewhere.broken(QUEUED)).isEmpty();
        assertThat(elsewhere.broken(EXACT)).containsExactly(ENDED_STAYS_ENDED);
        assertThat(elsewhere.served(1, 1_031, 1_040).broken(QUEUED)).containsExactly(ENDED_STAYS_ENDED);
    }

    /** The first answer may be that of a logout that found the session ended by the other node, which answers later. */
    @Test
    void checkWhenTwoNodesWereAskedToEndTheSessionThenEitherMayServeASecond() {
        Story story = loggedIn(0, 10).kickedAtOtherNode(15, 200).kicked(20, 30).served(1, 31, 40);

        assertThat(story.broken(QUEUED)).isEmpty();
        assertThat(story.broken(EXACT)).containsExactly(ENDED_STAYS_ENDED);
    }

    @Test
    void checkWhenServedBesideTheLogoutThenNothing() {
        assertThat(loggedIn(0, 10).loggedOut(20, 30).served(1, 29, 50).broken(EXACT))
                .isEmpty();
    }

    @Test
    void checkWhenRefreshedAfterTheEndThenBrokenWithinAnyBound() {
        assertThat(loggedIn(0, 10).loggedOut(20, 30).refreshed(1, 2, 31, 40).broken(CUT_OFF))
                .containsExactly(ENDED_STAYS_ENDED);
    }

    @Test
    void checkWhenServedAfterReuseThenBroken() {
        Story story = loggedIn(0, 10)
                .refreshed(1, 2, 20, 30)
                .refreshRefused(1, SessionHistory.REUSE, 11_000, 11_010)
                .served(2, 11_011, 11_020);

        assertThat(story.broken(EXACT)).contains(ENDED_STAYS_ENDED);
    }

    @Test
    void checkWhenUserWasKickedThenOnlySessionsThatWereThereHaveEnded() {
        assertThat(loggedIn(0, 10).userKicked(20, 30).served(1, 31, 40).broken(EXACT))
                .containsExactly(ENDED_STAYS_ENDED);
        assertThat(loggedIn(0, 25).userKicked(20, 30).served(1, 31, 40).broken(EXACT))
                .isEmpty();
        assertThat(loggedIn(0, 25)
                        .userKicked(20, 30)
                        .refused(1, LOGGED_OUT, 31, 40)
                        .broken(EXACT))
                .isEmpty();
        assertThat(loggedIn(31, 40)
                        .userKicked(20, 30)
                        .refused(1, LOGGED_OUT, 41, 50)
                        .broken(EXACT))
                .containsExactly(LIVE_IS_SERVED);
    }

    @Test
    void checkWhenLogoutIsUnknownThenEitherButNotBoth() {
        assertThat(loggedIn(0, 10).logoutUnanswered(20, 30).served(1, 31, 40).broken(EXACT))
                .isEmpty();
        Story denied = loggedIn(0, 10).logoutUnanswered(20, 30).refused(1, LOGGED_OUT, 31, 40);
        assertThat(denied.broken(EXACT)).isEmpty();
        assertThat(denied.served(1, 41, 50).broken(EXACT)).containsExactly(DENIED_STAYS_DENIED);
    }

    @Test
    void checkWhenALogoutIsUnknownThenTheTokenMayReturnUntilASuccess() {
        Story denied = loggedIn(0, 10).logoutUnanswered(20, 30).refused(1, LOGGED_OUT, 31, 40);

        assertThat(denied.served(1, 41, 50).broken(REJECT)).isEmpty();
        assertThat(denied.loggedOut(60, 70).served(1, 71, 80).broken(REJECT)).isNotEmpty();
    }

    @Test
    void checkWhenALogoutIsUnderWayThenTheTokenMayReturnUntilItsAnswer() {
        Story denied = loggedIn(0, 10).loggedOut(20, 60).refused(1, LOGGED_OUT, 31, 40);

        assertThat(denied.served(1, 41, 50).verdict(REJECT).halfDone()).hasSize(1);
        assertThat(denied.broken(REJECT)).isEmpty();
        assertThat(denied.broken(EXACT)).containsExactly(DENIED_STAYS_DENIED);
        assertThat(denied.served(1, 61, 70).broken(REJECT)).isNotEmpty();
    }

    @Test
    void checkWhenSessionWasRefusedAsOverAndRefreshesThenHalfDone() {
        Verdict verdict = loggedIn(0, 10)
                .logoutUnanswered(20, 30)
                .refused(1, LOGGED_OUT, 31, 40)
                .refreshed(1, 2, 41, 50)
                .verdict(EXACT);

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.halfDone()).hasSize(1);
    }

    @Test
    void checkWhenLiveTokenIsRefusedThenBroken() {
        assertThat(loggedIn(0, 10).refused(1, 401, 20, 30).broken(EXACT)).containsExactly(LIVE_IS_SERVED);
        assertThat(loggedIn(0, 10).unanswered(1, 20, 30).broken(EXACT)).isEmpty();
        assertThat(loggedIn(0, 10).refreshRefused(1, INVALID_REFRESH, 20, 30).broken(EXACT))
                .containsExactly(LIVE_IS_SERVED);
    }

    @Test
    void checkWhenRefusedBeforeAnythingWasAskedThenBroken() {
        assertThat(loggedIn(0, 10).refused(1, 401, 20, 30).loggedOut(31, 40).broken(EXACT))
                .containsExactly(LIVE_IS_SERVED);
    }

    @Test
    void checkWhenTokenHasExpiredThenRefusedAndNeverServed() {
        assertThat(loggedIn(0, 10).refused(1, 401, 60_001, 60_010).broken(EXACT))
                .isEmpty();
        assertThat(loggedIn(0, 10).refused(1, 401, 59_000, 59_010).broken(EXACT))
                .containsExactly(LIVE_IS_SERVED);
        assertThat(loggedIn(0, 10).served(1, 61_000, 61_010).broken(EXACT)).containsExactly(AUTHENTICATED);
    }

    @Test
    void checkWhenClocksDifferThenExpiryIsAsUncertain() {
        Story story = loggedIn(0, 10).refused(1, 401, 56_000, 56_010).served(1, 57_100, 57_110);

        assertThat(story.broken(SKEWED)).isEmpty();
        assertThat(story.broken(EXACT)).containsExactly(DENIED_STAYS_DENIED, LIVE_IS_SERVED);
    }

    @Test
    void checkWhenNotAuthenticatedThenBroken() {
        assertThat(loggedIn(0, 10).forgedServed(20, 30).broken(EXACT)).containsExactly(AUTHENTICATED);
        assertThat(loggedIn(0, 10).servedAs("another", 20, 30).broken(EXACT)).containsExactly(AUTHENTICATED);
    }
}
