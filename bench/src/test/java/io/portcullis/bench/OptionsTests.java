package io.portcullis.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.portcullis.bench.scenario.Scenario;
import io.portcullis.bench.subject.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTests {
    @Test
    void parseWhenNothingIsGivenThenAllSubjectsAndTheSteadyLoad() {
        Options options = Options.parse();

        assertThat(options.subjects()).containsExactly(Subject.values());
        assertThat(options.scenarios()).containsExactly(Scenario.STEADY);
        assertThat(options.jvm().flags()).containsExactly("-Xmx512m");
    }

    @Test
    void parseWhenGivenThenTaken() {
        Options options = Options.parse(
                "--only",
                "portcullis,stock",
                "--rounds",
                "2",
                "--scenarios",
                "flood,open-loop",
                "--flag-sets",
                "-Xmx128m; -Xmx256m -Xms256m");

        assertThat(options.subjects()).containsExactly(Subject.PORTCULLIS, Subject.STOCK);
        assertThat(options.scenarios()).containsExactly(Scenario.FLOOD, Scenario.OPEN_LOOP);
        assertThat(options.settings().rounds()).isEqualTo(2);
        assertThat(options.settings().flagSets()).containsExactly("-Xmx128m", "-Xmx256m -Xms256m");
    }

    @Test
    void parseWhenNotKnownThenSaysWhatIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--speed", "5"))
                .withMessageContaining("--rounds")
                .withMessageContaining("connections");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--only", "apache"))
                .withMessageContaining("nginx-lua");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--scenarios", "sprint"))
                .withMessageContaining("steady");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rounds many         | --rounds: many (expected: a whole number above 0)",
                "--rounds 0            | --rounds: 0 (expected: a whole number above 0)",
                "--warm-up -1          | --warm-up: -1 (expected: a whole number of 0 or more)",
                "--rounds 1 --rounds 2 | --rounds: given twice",
                "--rounds              | --rounds: unknown, or without a value"
            })
    void parseWhenAValueIsWrongThenASentenceSaysWhatToWrite(String commandLine, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(commandLine.split(" ")))
                .withMessageContaining(sentence);
    }
}
