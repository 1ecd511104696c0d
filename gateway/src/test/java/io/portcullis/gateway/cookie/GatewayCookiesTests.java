package io.portcullis.gateway.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayCookiesTests {
    private static final String ACCESS = GatewayCookies.ACCESS;

    @ParameterizedTest
    @CsvSource({
        "__Host-portcullis_access=pca_a, pca_a",
        "b=1; __Host-portcullis_access=pca_a; c=2, pca_a",
        "b=1;__Host-portcullis_access=pca_a;c=2, pca_a",
        "b=1;  __Host-portcullis_access=pca_a , pca_a",
        "__Host-portcullis_access=pca_a; __Host-portcullis_access=pca_b, pca_a|pca_b",
        "__Host-portcullis_access=pca_a; __Host-portcullis_access=pca_a, pca_a",
        "__Host-portcullis_access=; __Host-portcullis_access=pca_b, pca_b",
        "__Host-portcullis_access=pcr_a, ''",
        "__Host-portcullis_access, ''",
        "__Host-portcullis_access2=pca_a, ''",
        "x__Host-portcullis_access=pca_a, ''",
        "b=__Host-portcullis_access=pca_a, ''",
        "b=1 __Host-portcullis_access=pca_a, ''",
        "__host-portcullis_access=pca_a, ''",
        "portcullis_access=pca_a, ''",
        "__Host-portcullis_refresh=pca_a, ''"
    })
    void accessTokensWhenInACookieOfTheNameThenFound(String cookies, String expected) {
        assertThat(String.join("|", GatewayCookies.accessTokens(List.of(cookies))))
                .isEqualTo(expected);
    }

    @Test
    void accessTokensWhenOverlongOrManyThenBounded() {
        String overlong = ACCESS + "=pca_" + "x".repeat(200);
        String many =
                IntStream.range(0, 100).mapToObj(i -> ACCESS + "=pca_" + i).collect(Collectors.joining("; "));

        assertThat(GatewayCookies.accessTokens(List.of(overlong, ACCESS + "=pca_a")))
                .containsExactly("pca_a");
        assertThat(GatewayCookies.accessTokens(List.of(many))).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({
        "a=1, a=1",
        "a=portcullis_access; b=2, a=portcullis_access; b=2",
        "__Host-portcullis_access=x, ",
        "a=1; __Host-portcullis_refresh=x;b=2, a=1; b=2",
        "a=1; __HOST-Portcullis_Access=x; portcullis_refresh=y, a=1",
        "a=1; =__Host-portcullis_access=x, a=1",
        "a=1; __Host-portcullis_access, a=1",
        "a=1; \u00a0__Host-portcullis_access\u00ff=x, a=1",
        "a=1; \"__Host-portcullis_access\"=x, a=1",
        "a=1; __Host-port\u00ffcul lis_access=x, a=1",
        "a=1; \t=\t=__Host-portcullis_access=x, a=1",
        "a=1; __Host-portcullis access=x, a=1; __Host-portcullis access=x",
        "a=1; ;=; b=__Host-portcullis_access, a=1; =; b=__Host-portcullis_access"
    })
    void withoutWhenOwnCookiesAreAmongThemThenRemoved(String cookies, String expected) {
        assertThat(GatewayCookies.without(cookies)).isEqualTo(expected);
    }
}
