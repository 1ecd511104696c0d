package io.portcullis.gateway.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeaderNamesTests {
    @Test
    void containsWhenInAnyCaseThenTrue() {
        HeaderNames names = HeaderNames.of(List.of("connection", "te"));

        assertThat(List.of("Connection", "CONNECTION", new AsciiString("tE")))
                .allMatch(name -> names.contains((CharSequence) name));
        assertThat(List.of("", "t", "tea", "connections")).noneMatch(names::contains);
    }

    @Test
    void containsWhenManyThenEachAndNoOther() {
        List<String> many = IntStream.range(0, 500).mapToObj(i -> "x-" + i).toList();
        HeaderNames names = HeaderNames.of(many);

        assertThat(many).allMatch(names::contains);
        assertThat(IntStream.range(500, 1_000).mapToObj(i -> "x-" + i)).noneMatch(names::contains);
        assertThat(HeaderNames.of(List.of()).contains("x-1")).isFalse();
    }
}
