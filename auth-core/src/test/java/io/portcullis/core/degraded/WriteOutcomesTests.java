package io.portcullis.core.degraded;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.WriteRefusedException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WriteOutcomesTests {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final WriteOutcomes outcomes = new WriteOutcomes("MySQL", nanos::incrementAndGet);

    private static PortcullisException unavailable(Throwable cause) {
        return PortcullisException.storeUnavailable("MySQL", cause);
    }

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void failureWhenNothingWasTriedThenSaidSo() {
        assertThat(outcomes.failure()).contains("MySQL: not tried yet");
    }

    @Test
    void failureWhenTheProbeDecidesThenItsLatestOutcome() {
        outcomes.probeSucceeded();
        assertThat(outcomes.failure()).isEmpty();
        outcomes.probeFailed(unavailable(new TimeoutException("after 2 s")));
        assertThat(outcomes.failure()).contains("MySQL does not answer in time");
        outcomes.probeSucceeded();
        assertThat(outcomes.failure()).isEmpty();
    }

    @Test
    void failureWhenARequestFailedThenNoProbeOutweighsItForTenSeconds() {
        outcomes.failed(unavailable(new TimeoutException()));
        outcomes.probeSucceeded();
        assertThat(outcomes.failure()).isPresent();

        pass(11);

        assertThat(outcomes.failure()).isEmpty();
    }

    @Test
    void failureWhenTheNextRequestSucceedsThenGone() {
        outcomes.failed(unavailable(new TimeoutException()));
        outcomes.succeeded();
        assertThat(outcomes.failure()).isEmpty();
    }

    @Test
    void failureWhenTheProbeFailsAfterARequestSucceededThenTheProbes() {
        outcomes.succeeded();
        assertThat(outcomes.failure()).isEmpty();
        outcomes.probeFailed(unavailable(new TimeoutException()));
        assertThat(outcomes.failure()).isPresent();
    }

    @Test
    void failureWhenItHasAMessageThenOnlyItsKindIsTold() {
        outcomes.failed(unavailable(new IOException("Connection refused: db.internal/10.0.0.7:3306")));
        assertThat(outcomes.failure()).contains("MySQL fails: IOException");

        outcomes.failed(unavailable(new WriteRefusedException(new IOException("OOM command not allowed at 10.0.0.7"))));
        assertThat(outcomes.failure()).contains("MySQL refuses writes: OOM");
    }
}
