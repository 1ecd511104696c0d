package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DistinctValuesTests {
    private final DistinctValues values = new DistinctValues();

    @Test
    void addWhenTheValueWasAddedBeforeThenFalse() {
        assertThat(values.add("SUSPENDED")).isTrue();
        assertThat(values.add("SUSPENDED")).isFalse();
        assertThat(values.add("LOCKED")).isTrue();
    }

    @Test
    void addWhenAHundredValuesAreKeptThenFalse() {
        for (int i = 0; i < 100; i++) {
            assertThat(values.add("STATUS-" + i)).isTrue();
        }

        assertThat(values.add("SUSPENDED")).isFalse();
    }
}
