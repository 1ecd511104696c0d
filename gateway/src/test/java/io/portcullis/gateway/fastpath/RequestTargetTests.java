package io.portcullis.gateway.fastpath;

import static io.portcullis.gateway.ReadCount.assertLinear;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTests {
    @ParameterizedTest
    @CsvSource({
        "/,/,''",
        "/api/echo/a,/api/echo/a,''",
        "/a.b/c-d_e~f/,/a.b/c-d_e~f/,''",
        "/a?x=1,/a,?x=1",
        "/a?x=%20%2F&y&z=,/a,?x=%20%2F&y&z=",
        "'/a,b?x=1,2','/a,b','?x=1,2'",
        "/a?tokens=1,/a,?tokens=1",
        "/a?tickets=1,/a,?tickets=1",
        "/a?,/a,?",
        "/a?&,/a,?&",
        "/a?x=1&&y,/a,?x=1&&y",
        "/a?=1,/a,?=1",
    })
    void parseWhenPlainThenPathAndQuery(String target, String path, String query) {
        assertThat(RequestTarget.parse(target)).isEqualTo(new RequestTarget(path, query));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "a",
                "http://host/a",
                "//a",
                "/a//b",
                "/.",
                "/..",
                "/a/../b",
                "/a/.b",
                "/a;b",
                "/a%20b",
                "/%2e%2e",
                "/a\\b",
                "/a b",
                "/a#b",
                "/a|b",
                "/é",
                "/a\u0000",
                "/a?x=1=2",
                "/a?token=x",
                "/a?x=1&token=x",
                "/a?token",
                "/a?ticket=x",
                "/a?x=1&ticket=x",
                "/a?=ticket=x",
                "/a?ticket",
                "/a?%74oken=x",
                "/a?x=%",
                "/a?x=%2",
                "/a?x=%2&y=0",
                "/a?x=%zz",
                "/a?x=\"",
                "/a?x=|",
                "/a?x[]=1"
            })
    void parseWhenAnythingElseThenNull(String target) {
        assertThat(RequestTarget.parse(target)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"/b,/b", "/b/,/b/"})
    void withPathWhenPlainThenTheSameQuery(String path, String expected) {
        assertThat(new RequestTarget("/a", "?x=1").withPath(path)).isEqualTo(new RequestTarget(expected, "?x=1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "b", "/../b", "//b"})
    void withPathWhenAnythingElseThenNull(String path) {
        assertThat(new RequestTarget("/a", "?x=1").withPath(path)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a&", "a=&", "a=b&", "a=%20&", "a", "tokem&", "a==&"})
    void isPlainQueryWhenTwiceTheSizeThenTwiceTheReads(String part) {
        assertLinear(size -> part.repeat(size / part.length()) + "z", text -> RequestTarget.isPlainQuery(text, 0));
    }
}
