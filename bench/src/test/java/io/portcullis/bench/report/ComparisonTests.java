package io.portcullis.bench.report;

import static io.portcullis.bench.report.TestMeasures.measure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portcullis.bench.subject.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTests {
    @Test
    void ratioWhenTheMachineSlowsDownForARoundThenCancelsOut() {
        Comparison.Line ours = line(
                Subject.PORTCULLIS,
                measure(Subject.STOCK, 1, 1_000, 100),
                measure(Subject.PORTCULLIS, 1, 2_000, 50),
                measure(Subject.PORTCULLIS, 2, 200, 500),
                measure(Subject.STOCK, 2, 100, 1_000),
                measure(Subject.STOCK, 3, 900, 110),
                measure(Subject.PORTCULLIS, 3, 1_800, 55),
                measure(Subject.NGINX_LUA, 3, 9_000, 27.5));

        assertThat(ours.cpuToLua()).isCloseTo(2, within(1e-9));
        assertThat(ours.cpuRatio()).isCloseTo(0.5, within(1e-9));
        assertThat(ours.rateRatio()).isCloseTo(2, within(1e-9));
        assertThat(ours.cpuMicros()).isEqualTo(55);
    }

    @Test
    void lineWhenAnswersAreWrongThenTheRoundIsLeftOut() {
        Comparison.Line ours = line(
                Subject.PORTCULLIS,
                measure(Subject.STOCK, 1, 1_000, 100),
                measure(Subject.PORTCULLIS, 1, 9_000, 1, 17),
                measure(Subject.STOCK, 2, 1_000, 100),
                measure(Subject.PORTCULLIS, 2, 1_000, 70));

        assertThat(ours.cpuMicros()).isEqualTo(70);
        assertThat(ours.cpuRatio()).isCloseTo(0.7, within(1e-9));
        assertThat(ours.unusable()).isEqualTo(1);
        assertThat(ours.wrong()).isEqualTo(17);
    }

    @Test
    void ratioWhenTheBaselineOfItsRoundIsUnusableThenThatRoundHasNone() {
        Comparison.Line ours = line(
                Subject.PORTCULLIS, measure(Subject.STOCK, 1, 1_000, 1, 3), measure(Subject.PORTCULLIS, 1, 1_000, 60));

        assertThat(ours.cpuMicros()).isEqualTo(60);
        assertThat(ours.cpuRatio()).isNaN();
    }

    @Test
    void medianWhenEvenThenBetweenTheMiddleTwo() {
        Comparison.Line stock =
                line(Subject.STOCK, measure(Subject.STOCK, 1, 1_000, 100), measure(Subject.STOCK, 2, 3_000, 200));

        assertThat(stock.rate()).isEqualTo(2_000);
        assertThat(stock.cpuMicros()).isEqualTo(150);
    }

    private static Comparison.Line line(Subject subject, Measure... measures) {
        return new Comparison("steady", List.of(measures))
                .lines().stream()
                        .filter(line -> line.subject() == subject)
                        .findFirst()
                        .orElseThrow();
    }
}
