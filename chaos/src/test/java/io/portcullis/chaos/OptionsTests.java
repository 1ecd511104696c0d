package io.portcullis.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.portcullis.chaos.node.Sabotage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

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

    @Test
    void planWhenFaultIsNotKnownThenSaysWhichAre() {
        Options options = Options.parse("--faults", "redis-melt");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Planner(options))
                .withMessageContaining("redis-stop");
    }
}
