package io.portcullis.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyIdTests {
    @ParameterizedTest
    @ValueSource(strings = {"000000", "0000a1", "8192a3", "ffffff"})
    void idWhenParsedThenItsTextIsTheSame(String text) {
        assertThat(KeyId.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00000", "0000000", "FFFFFF", "00000g", "-00001"})
    void parseWhenTheTextIsAnotherThenEmpty(String text) {
        assertThat(KeyId.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1 << 24})
    void idWhenItHasMoreThanThreeBytesThenRefused(int value) {
        assertThatThrownBy(() -> new KeyId(value)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Tokens in circulation and the key ring name a key by these bytes in this order. */
    @Test
    void readWhenThreeBytesThenTheFirstIsTheHighest() {
        byte[] bytes = {0x7f, (byte) 0x81, (byte) 0x92, (byte) 0xa3};

        assertThat(SigningKey.readId(bytes, 1)).isEqualTo(0x8192a3);
    }

    @Test
    void idsWhenSortedThenByTheirValue() {
        assertThat(KeyId.of("000001")).isLessThan(KeyId.of("0000ff")).isEqualByComparingTo(KeyId.of("000001"));
    }
}
