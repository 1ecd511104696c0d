package io.portcullis.chaos.checker;

import static io.portcullis.chaos.checker.Property.DENIED_STAYS_DENIED;
import static io.portcullis.chaos.checker.Property.LIVE_IS_SERVED;
import static io.portcullis.chaos.checker.Property.ONE_CHILD;
import static io.portcullis.chaos.checker.Property.SUPERSEDED_STAYS_DEAD;
import static io.portcullis.chaos.checker.Story.CUT_OFF;
import static io.portcullis.chaos.checker.Story.EXACT;
import static io.portcullis.chaos.checker.Story.REJECT;
import static io.portcullis.chaos.checker.Story.loggedIn;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests the properties of the tokens that a refresh replaces and returns. */
class RefreshPropertiesTests {
    @Test
    void checkWhenSupersededTokenIsServedThenMeasuredAndAfterASecondBroken() {
        Story story = loggedIn(0, 10).refreshed(1, 2, 20, 30).served(1, 10_031, 10_040);

        assertThat(story.verdict(EXACT).superseded()).isEqualTo(Duration.ofMillis(1));
        assertThat(story.broken(EXACT)).isEmpty();
        assertThat(story.served(1, 11_031, 11_040).broken(CUT_OFF)).containsExactly(SUPERSEDED_STAYS_DEAD);
        assertThat(loggedIn(0, 10)
                        .refreshUnanswered(1, 20, 30)
                        .served(1, 11_031, 11_040)
                        .broken(EXACT))
                .isEmpty();
    }

    @Test
    void checkWhenReplacedTokenIsRefusedWithinGraceThenBroken() {
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 20, 30)
                        .refused(1, 401, 5_000, 5_010)
                        .broken(EXACT))
                .containsExactly(LIVE_IS_SERVED);
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 20, 30)
                        .refused(1, 401, 10_031, 10_040)
                        .broken(EXACT))
                .isEmpty();
    }

    @Test
    void checkWhenTokenIsServedThatWasReplacedTwiceThenBrokenAfterASecond() {
        Story story = loggedIn(0, 10).refreshed(1, 2, 20, 30).refreshed(2, 3, 40, 50);

        assertThat(story.refused(1, 401, 51, 60).served(2, 60, 70).broken(EXACT))
                .isEmpty();
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 20, 30)
                        .refreshed(2, 3, 40, 50)
                        .served(1, 1_051, 1_060)
                        .broken(EXACT))
                .containsExactly(SUPERSEDED_STAYS_DEAD);
    }

    @Test
    void checkWhenARefreshIsUnknownThenTheTokenMayReturnWithinTheGraceBefore() {
        Story denied = loggedIn(0, 10)
                .refreshed(1, 2, 20, 30)
                .refreshUnanswered(2, 40, 50)
                .refused(1, 401, 60, 70);

        assertThat(denied.served(1, 2_000, 2_010).verdict(REJECT).halfDone()).hasSize(1);
        assertThat(denied.broken(REJECT)).isEmpty();
        assertThat(denied.broken(EXACT)).containsExactly(DENIED_STAYS_DENIED);
        assertThat(denied.served(1, 11_041, 11_050).broken(REJECT)).containsExactly(SUPERSEDED_STAYS_DEAD);
    }

    @Test
    void checkWhenRefusedTokenIsServedAgainThenBroken() {
        Story story = loggedIn(0, 10)
                .refreshUnanswered(1, 20, 30)
                .refused(1, 401, 10_031, 10_040)
                .served(1, 11_041, 11_050);

        assertThat(story.broken(EXACT)).containsExactly(DENIED_STAYS_DENIED);
    }

    @Test
    void checkWhenCallersGetTheSamePairThenNothing() {
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 20, 40)
                        .refreshed(1, 2, 21, 39)
                        .refreshUnanswered(1, 22, 50)
                        .broken(EXACT))
                .isEmpty();
    }

    @Test
    void checkWhenOneTokenHasTwoSuccessorsThenBroken() {
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 20, 40)
                        .refreshed(1, 3, 21, 39)
                        .broken(EXACT))
                .containsExactly(ONE_CHILD);
    }

    @Test
    void checkWhenEarlierRefreshesExcuseNothingThenBroken() {
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 20, 30)
                        .refreshed(2, 3, 40, 50)
                        .refused(3, 401, 60, 70)
                        .broken(EXACT))
                .containsExactly(LIVE_IS_SERVED);
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 20, 30)
                        .refreshed(1, 2, 40, 50)
                        .refused(2, 401, 60, 70)
                        .broken(EXACT))
                .containsExactly(LIVE_IS_SERVED);
    }

    @Test
    void checkWhenUnknownRefreshMayHaveSupersededThenNothing() {
        assertThat(loggedIn(0, 10)
                        .refreshUnanswered(1, 20, 30)
                        .refused(1, 401, 10_031, 10_040)
                        .broken(EXACT))
                .isEmpty();
        assertThat(loggedIn(0, 10)
                        .refreshUnanswered(1, 20, 30)
                        .refused(1, 401, 31, 40)
                        .broken(EXACT))
                .containsExactly(LIVE_IS_SERVED);
    }

    @Test
    void checkWhenSpentTokenIsRefusedWithinGraceThenBroken() {
        Story first = loggedIn(0, 10).refreshed(1, 2, 20, 30);
        assertThat(first.refreshRefused(1, SessionHistory.REUSE, 5_000, 5_010).broken(EXACT))
                .containsExactly(LIVE_IS_SERVED);
    }

    @Test
    void checkWhenSpentTokenIsRefusedAfterGraceOrAfterItsSuccessorThenNothing() {
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 20, 30)
                        .refreshRefused(1, SessionHistory.REUSE, 10_100, 10_110)
                        .refused(2, SessionHistory.REUSE, 10_200, 10_210)
                        .broken(EXACT))
                .isEmpty();
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 20, 30)
                        .refreshed(2, 3, 40, 50)
                        .refreshRefused(1, SessionHistory.REUSE, 60, 70)
                        .refused(3, SessionHistory.REUSE, 80, 90)
                        .broken(EXACT))
                .isEmpty();
    }
}
