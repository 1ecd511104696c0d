package io.portcullis.gateway.authentication;

import static io.portcullis.gateway.ReadCount.assertLinear;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The patterns that are matched against what a client sends read it once, whatever it is. */
class RequestTextTests {
    @ParameterizedTest
    @ValueSource(strings = {"/a", "%25", "%2525", "a", "/.a", "/..a", "%", "%2", "%252"})
    void isAmbiguousWhenTwiceTheSizeThenTwiceTheReads(String part) {
        assertLinear(size -> part.repeat(size / part.length()), PathAmbiguity::isAmbiguous);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "=", "a=", "-"})
    void isWellFormedWhenTwiceTheSizeThenTwiceTheReads(String part) {
        assertLinear(size -> part.repeat(size / part.length()), BearerTokenResolver::isWellFormed);
        assertLinear(
                size -> part.repeat(size / part.length()) + "=".repeat(size) + "!", BearerTokenResolver::isWellFormed);
    }
}
