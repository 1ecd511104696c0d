package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.portcullis.core.sample.NodeReadings;
import io.portcullis.core.sample.SampleRange;
import io.portcullis.core.sample.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** Tests the sampler on a database whose tables are taken away from it. */
@Timeout(120)
class SamplerIT {
    private static final Instant NOON = Instant.parse("2026-11-18T12:00:30.000Z");
    private static final SampleRange HOUR =
            SampleRange.of(NOON.minusSeconds(1800), NOON.plusSeconds(1800), Duration.ofHours(1));

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(Sampler.class);
    private final R2dbcSampleRepository repository =
            new R2dbcSampleRepository(store.client, () -> "TIMESTAMP '2026-11-18 12:00:30'");
    private final AtomicReference<NodeReadings> readings = new AtomicReference<>(readings(1_000));
    private final Sampler sampler = new Sampler(repository, readings::get);

    @BeforeEach
    void begin() {
        store.execute("DELETE FROM node_sample");
        store.execute("DELETE FROM session_sample");
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void end() {
        log.detachAppender(lines);
    }

    private static NodeReadings readings(int count) {
        return new NodeReadings(count, count / 10, Duration.ofMillis(count), count / 100);
    }

    private void sampleAt(int count) {
        readings.set(readings(count));
        run(sampler.sample("a:1"));
    }

    private NodeReadings stored() {
        return await(repository.findSamples(HOUR, List.of("a:1")).single())
                .sample()
                .counted();
    }

    @Test
    void sampleWhenRepeatedThenEachCoversWhatFollowedTheOneBefore() {
        sampleAt(1_100);
        sampleAt(1_150);

        assertThat(stored()).isEqualTo(new NodeReadings(150, 15, Duration.ofMillis(150), 11));
        assertThat(store.count("SELECT sessions FROM session_sample")).isZero();
    }

    @Test
    void sampleWhenItCannotBeWrittenThenOneWarningAndNothingElseIsLost() {
        store.execute("RENAME TABLE node_sample TO node_sample_away");
        try {
            sampleAt(1_100);
            sampleAt(1_200);
        } finally {
            store.execute("RENAME TABLE node_sample_away TO node_sample");
        }
        sampleAt(1_210);

        assertThat(stored()).isEqualTo(new NodeReadings(10, 1, Duration.ofMillis(10), 12));
        assertThat(store.count("SELECT COUNT(*) FROM session_sample")).isEqualTo(1);
        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .contains("the sample of this node", "gap");
    }

    @Test
    void sampleWhenSessionsCannotBeCountedThenOneWarningAndTheNodesSampleIsWritten() {
        store.execute("RENAME TABLE session_sample TO session_sample_away");
        try {
            sampleAt(1_100);
            sampleAt(1_200);
        } finally {
            store.execute("RENAME TABLE session_sample_away TO session_sample");
        }

        assertThat(stored().checks()).isEqualTo(200);
        assertThat(lines.list).hasSize(1);
    }

    @Test
    void stopWhenStartedThenItCompletesAlsoTheSecondTime() {
        sampler.start("a:1");

        run(sampler.stop());

        assertThat(await(sampler.stop().thenReturn(true))).isTrue();
    }
}
