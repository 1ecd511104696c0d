package io.portcullis.gateway.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.TicketPath;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TicketPathsTests {
    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/ws/chat, /ws/%63h%61t",
        "/a%7eb, /a~b",
        "/%c3%a9, /%C3%A9",
        "/é, /%C3%A9",
        "/聊, /%E8%81%8A",
        "/\uD83D\uDE00, /%F0%9F%98%80",
        "/a[1], /a%5B1%5D",
        "/a:b@c, /a:b@c"
    })
    void parseWhenTheSamePathThenTheSameDigest(String written, String requested) {
        assertThat(TicketPaths.parse(written)).isEqualTo(TicketPaths.of(requested));
    }

    @ParameterizedTest
    @CsvSource({"/a, /a/", "/a, /A", "/a%3Ab, /a:b", "/a%20b, /a+b", "/a%2520b, /a%20b"})
    void parseWhenAnotherPathThenAnotherDigest(String written, String requested) {
        assertThat(TicketPaths.parse(written))
                .isNotEqualTo(TicketPaths.of(requested))
                .isNotEqualTo(TicketPath.ANY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/a?b", "/a#b", "/a%", "/a%2", "/a%zz", "/a%-1", "//a", "/..", "/a;b", "/%2F", "/a\nb"})
    void parseWhenNoPathThenRefused(String written) {
        assertThatThrownBy(() -> TicketPaths.parse(written)).isInstanceOf(PortcullisException.class);
    }
}
