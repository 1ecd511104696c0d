package io.portcullis.chaos.checker;

import static io.portcullis.chaos.checker.Property.LIVE_STREAM_LASTS;
import static io.portcullis.chaos.checker.Property.STREAM_FALLS;
import static io.portcullis.chaos.checker.Story.EXACT;
import static io.portcullis.chaos.checker.Story.LOGGED_OUT;
import static io.portcullis.chaos.checker.Story.loggedIn;
import static io.portcullis.chaos.history.Disturbance.Loss.MYSQL;
import static io.portcullis.chaos.history.Disturbance.Loss.PROCESS;
import static io.portcullis.chaos.history.Disturbance.Loss.QUERIES;
import static io.portcullis.chaos.history.Disturbance.Loss.REDIS;
import static io.portcullis.chaos.history.Disturbance.Loss.SIGNAL;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The stream of each story is at node 1, and the session's end is answered by node 0. */
class StreamPropertiesTests {
    private static Story loggedOutAt(long completed) {
        return loggedIn(0, 10).loggedOut(completed - 10, completed);
    }

    @Test
    void checkWhenAStreamFallsWithinASecondThenMeasured() {
        Story story = loggedOutAt(1_000).streamCut(20, 30, 1_900);

        assertThat(story.broken(EXACT)).isEmpty();
        assertThat(story.verdict(EXACT).streams()).isEqualTo(Duration.ofMillis(900));
    }

    @Test
    void checkWhenAStreamDeliversLaterThanASecondThenBroken() {
        Story story = loggedOutAt(1_000).streamCut(20, 30, 2_001);

        assertThat(story.broken(EXACT)).containsExactly(STREAM_FALLS);
        assertThat(story.verdict(EXACT).violations().get(0).stream()).isNotNull();
    }

    @Test
    void checkWhenAStreamIsNeverCutThenBroken() {
        assertThat(loggedOutAt(1_000).streamClosed(20, 30, 9_000).broken(EXACT)).containsExactly(STREAM_FALLS);
    }

    @Test
    void checkWhenTheEndWasAKickOrAReuseThenTheSameBound() {
        assertThat(loggedIn(0, 10).kicked(50, 60).streamCut(20, 30, 1_061).broken(EXACT))
                .containsExactly(STREAM_FALLS);
        assertThat(loggedIn(0, 10).userKicked(50, 60).streamCut(20, 30, 1_061).broken(EXACT))
                .containsExactly(STREAM_FALLS);
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 40, 50)
                        .refreshRefused(1, SessionHistory.REUSE, 11_000, 11_010)
                        .streamCut(20, 30, 12_011)
                        .broken(EXACT))
                .containsExactly(STREAM_FALLS);
    }

    @Test
    void checkWhenTheEndIsUnknownThenTheStreamMayLastAndMayFall() {
        assertThat(loggedIn(0, 10)
                        .logoutUnanswered(50, 60)
                        .streamClosed(20, 30, 9_000)
                        .broken(EXACT))
                .isEmpty();
        assertThat(loggedIn(0, 10)
                        .logoutUnanswered(50, 60)
                        .streamCut(20, 30, 9_000)
                        .broken(EXACT))
                .isEmpty();
    }

    @Test
    void checkWhenOneStoreFailsThenStillASecond() {
        Story late = loggedOutAt(1_000).streamCut(20, 30, 2_001);
        assertThat(late.disturbed(0, 500, 5_000, 6_000, REDIS)
                        .disturbed(1, 500, 5_000, 6_000, REDIS)
                        .broken(EXACT))
                .containsExactly(STREAM_FALLS);
        assertThat(loggedOutAt(1_000)
                        .streamCut(20, 30, 2_001)
                        .disturbed(1, 500, 5_000, 6_000, MYSQL)
                        .broken(EXACT))
                .containsExactly(STREAM_FALLS);
    }

    @Test
    void checkWhenTheStreamsNodeHasNoMySqlAndTheSignalIsLostThenUntilASecondAfterHealing() {
        assertThat(withoutNews(6_999).broken(EXACT)).isEmpty();
        assertThat(withoutNews(7_001).broken(EXACT)).containsExactly(STREAM_FALLS);
    }

    /** The node that answers the logout cannot publish it, and the node with the stream cannot read it. */
    private static Story withoutNews(long lastDelivery) {
        return loggedOutAt(1_000)
                .streamCut(20, 30, lastDelivery)
                .disturbed(0, 500, 5_000, 6_000, SIGNAL)
                .disturbed(1, 500, 5_000, 6_000, QUERIES);
    }

    @Test
    void checkWhenAnotherNodeHasNoMySqlThenStillASecond() {
        assertThat(loggedOutAt(1_000)
                        .streamCut(20, 30, 2_001)
                        .disturbed(0, 500, 5_000, 6_000, SIGNAL, MYSQL)
                        .broken(EXACT))
                .containsExactly(STREAM_FALLS);
    }

    @Test
    void checkWhenTheFaultsCameLaterThenStillASecond() {
        assertThat(loggedOutAt(1_000)
                        .streamCut(20, 30, 2_600)
                        .disturbed(1, 2_500, 5_000, 6_000, SIGNAL, QUERIES)
                        .broken(EXACT))
                .containsExactly(STREAM_FALLS);
    }

    @Test
    void checkWhenTheStreamWasBeingOpenedThenItsNodeMayMissTheSignal() {
        assertThat(loggedOutAt(1_000)
                        .streamCut(985, 1_005, 6_500)
                        .disturbed(1, 500, 5_000, 6_000, MYSQL)
                        .broken(EXACT))
                .isEmpty();
    }

    @Test
    void checkWhenANodeHasNeitherStoreThenItsStreamsFallAfterTheLimit() {
        // 500 ms, plus 3 s without news, a second between two checks, and the second of the property.
        assertThat(isolated(5_499).broken(EXACT)).isEmpty();
        assertThat(isolated(5_501).broken(EXACT)).containsExactly(STREAM_FALLS);
    }

    private static Story isolated(long lastDelivery) {
        return loggedIn(0, 10).streamCut(20, 30, lastDelivery).disturbed(1, 500, 8_000, 9_000, REDIS, MYSQL);
    }

    @Test
    void checkWhenANodeHasNeitherStoreForAShortTimeThenItsStreamsMayLast() {
        assertThat(loggedIn(0, 10)
                        .streamClosed(20, 30, 9_000)
                        .disturbed(1, 500, 3_000, 3_500, REDIS, MYSQL)
                        .broken(EXACT))
                .isEmpty();
    }

    @Test
    void checkWhenTheStreamOfALiveSessionIsCutThenBroken() {
        assertThat(loggedIn(0, 10).streamCut(20, 30, 900).broken(EXACT)).containsExactly(LIVE_STREAM_LASTS);
        assertThat(loggedIn(0, 10).streamCut(20, 30, 900).loggedOut(901, 910).broken(EXACT))
                .containsExactly(LIVE_STREAM_LASTS);
        assertThat(loggedIn(0, 10)
                        .refreshed(1, 2, 40, 50)
                        .streamCut(20, 30, 900)
                        .broken(EXACT))
                .containsExactly(LIVE_STREAM_LASTS);
        assertThat(loggedIn(0, 10).streamClosed(20, 30, 900).broken(EXACT)).isEmpty();
    }

    @Test
    void checkWhenOneStoreFailsThenTheStreamOfALiveSessionIsNotCut() {
        assertThat(loggedIn(0, 10)
                        .streamCut(20, 30, 900)
                        .disturbed(1, 500, 5_000, 6_000, REDIS)
                        .disturbed(0, 500, 5_000, 6_000, MYSQL, PROCESS)
                        .broken(EXACT))
                .containsExactly(LIVE_STREAM_LASTS);
        assertThat(loggedIn(0, 10)
                        .streamCut(20, 30, 900)
                        .disturbed(1, 500, 5_000, 6_000, REDIS)
                        .disturbed(1, 500, 5_000, 6_000, QUERIES)
                        .broken(EXACT))
                .isEmpty();
    }

    @Test
    void checkWhenTheNodeIsKilledThenItsStreamsAreCut() {
        assertThat(loggedIn(0, 10)
                        .streamCut(20, 30, 900)
                        .disturbed(1, 500, 5_000, 6_000, PROCESS)
                        .broken(EXACT))
                .isEmpty();
    }

    @Test
    void checkWhenAStreamOpensAfterTheEndThenItIsACallThatWasServed() {
        assertThat(loggedOutAt(1_000).streamCut(1_001, 1_010, 1_020).broken(EXACT))
                .containsExactly(Property.ENDED_STAYS_ENDED);
        assertThat(loggedIn(0, 10).refused(1, LOGGED_OUT, 20, 30).broken(EXACT))
                .containsExactly(Property.LIVE_IS_SERVED);
    }
}
