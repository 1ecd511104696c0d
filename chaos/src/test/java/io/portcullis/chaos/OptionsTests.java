package io.portcullis.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.portcullis.chaos.node.Sabotage;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTests {
    @Test
    void parseWhenGivenThenTaken() {
        Options options = Options.parse(
                "--seed",
                "5",
                "--duration",
                "90s",
                "--faults",
                "redis-stop,clock+mysql-kill",
                "--sabotage",
                "ledger-off");

        assertThat(options.seed()).isEqualTo(5);
        assertThat(options.duration()).isEqualTo(Duration.ofSeconds(90));
        assertThat(options.faults()).containsExactly("redis-stop", "clock+mysql-kill");
        assertThat(options.world().sabotage()).isEqualTo(Sabotage.LEDGER_OFF);
    }

    @Test
    void parseWhenNotKnownThenSaysWhatIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--speed", "5"))
                .withMessageContaining("--seed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--sabotage", "all"))
                .withMessageContaining("tombstone-delete");
    }

    @Test
    void roundWhenRunAloneWithItsSeedThenHasTheSameFaults() {
        Planner all = new Planner(Options.parse("--seed", "100"));
        Plan pair = all.round(40);
        assertThat(pair.faults()).hasSize(2);
        Planner alone = new Planner(Options.parse("--seed", "140", "--faults", pair.name()));
        assertThat(alone.round(0).seed()).isEqualTo(pair.seed());
        assertThat(alone.round(0).name()).isEqualTo(pair.name());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--faults redis-melt       | redis-stop",
                "--faults redis-stop+nope  | redis-stop",
                "--faults sentinel-failover --redis single | redis-stop",
                "--seed abc                | --seed: abc (expected: a whole number)",
                "--duration 30             | such as 90s or 30m",
                "--duration 0s             | above 0",
                "--hold -1s                | above 0",
                "--rounds 0                | above 0",
                "--users x                 | --users: x",
                "--nodes 12                | nodes: 12 (expected: 1 to 9)",
                "--policy foo              | reject, queue",
                "--redis ring              | single, sentinel, cluster",
                "--mysql pair              | single, replica, semi-sync, galera",
                "--faults galera-kill      | mysql-kill",
                "--faults mysql-kill --mysql galera | galera-kill",
                "--stop-at-first maybe     | no, yes",
                "--seed 1 --seed 2         | --seed: given twice",
                "--seed                    | --seed: unknown, or without a value"
            })
    void parseWhenAValueIsWrongThenASentenceSaysWhatToWrite(String commandLine, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(commandLine.split(" ")))
                .withMessageContaining(sentence);
    }
}
