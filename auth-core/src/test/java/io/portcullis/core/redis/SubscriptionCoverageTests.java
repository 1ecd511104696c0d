package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SubscriptionCoverageTests {
    private static final String FIRST = "first connection";
    private static final String SECOND = "second connection";

    private final SubscriptionCoverage coverage = new SubscriptionCoverage(0);

    @Test
    void completeUntilWhenNeverSubscribedThenNothingIsCovered() {
        assertThat(coverage.completeUntil(5)).isEqualTo(5);
        assertThat(coverage.lastAlive()).isZero();
    }

    @Test
    void completeUntilWhenSubscribedThenCoveredUntilTheLastPing() {
        coverage.subscribed(FIRST, 10);
        coverage.alive(FIRST, 20);
        coverage.alive(FIRST, 15);

        assertThat(coverage.completeUntil(12)).isEqualTo(20);
        assertThat(coverage.completeUntil(10)).isEqualTo(20);
        assertThat(coverage.completeUntil(5)).as("before the subscription").isEqualTo(5);
        assertThat(coverage.completeUntil(30)).as("since the last PING").isEqualTo(30);
    }

    @Test
    void completeUntilWhenTheConnectionWasReplacedThenCoveredUntilTheGap() {
        coverage.subscribed(FIRST, 10);
        coverage.alive(FIRST, 20);
        coverage.subscribed(SECOND, 30);
        coverage.alive(SECOND, 40);

        assertThat(coverage.completeUntil(15)).isEqualTo(20);
        assertThat(coverage.completeUntil(25)).as("within the gap").isEqualTo(25);
        assertThat(coverage.completeUntil(30)).isEqualTo(40);
    }

    @Test
    void aliveWhenFromAnotherConnectionThenAGapIsAssumed() {
        coverage.subscribed(FIRST, 10);
        coverage.alive(SECOND, 20);

        assertThat(coverage.completeUntil(10)).isEqualTo(10);
        assertThat(coverage.completeUntil(20)).isEqualTo(20);
    }

    @Test
    void completeUntilWhenThereWereManyGapsThenTheOldestAreMergedAndNoneIsForgotten() {
        int gaps = 3 * SubscriptionCoverage.MAX_GAPS;
        for (int i = 1; i <= gaps; i++) {
            String connection = "connection " + i;
            coverage.subscribed(connection, 10L * i);
            coverage.alive(connection, 10L * i + 5);
        }

        for (int i = 1; i < gaps; i++) {
            assertThat(coverage.completeUntil(10L * i + 1)).isLessThanOrEqualTo(10L * i + 5);
        }
        assertThat(coverage.completeUntil(10L * gaps)).isEqualTo(10L * gaps + 5);
    }
}
