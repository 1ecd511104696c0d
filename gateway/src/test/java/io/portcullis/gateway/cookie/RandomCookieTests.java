package io.portcullis.gateway.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.RandomTexts;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for each value of {@code Cookie}. */
class RandomCookieTests {
    private static final RandomTexts COOKIES = RandomTexts.like(
                    "a=b",
                    "a=b; __Host-portcullis_access=pca_x; c=d",
                    "__Host-portcullis_refresh=pcr_x; __Host-portcullis_access=pca_x",
                    "x__Host-portcullis_access=pca_x; a=__Host-portcullis_access=pca_y",
                    "portcullis_access=pca_x;portcullis_refresh=pcr_y")
            .with(";", "; ", ";;", "=", "==", " ", "\t", "\"", ",", "\u0000", "\u00a0", "\u00e9", "pca_", "portcullis_")
            .with(
                    "__Host-portcullis_access=",
                    "__host-PORTCULLIS_access=",
                    "__Host-portcullis_access =",
                    "=portcullis_access=x");

    /** No service may find the gateway's cookies in what is left, also if it reads cookies in another way. */
    @Test
    void cookiesWhenTheOwnAreRemovedThenNoneIsLeft() {
        COOKIES.check(text -> {
            String left = GatewayCookies.without(text);
            if (left == null) {
                return;
            }

            assertThat(GatewayCookies.accessTokens(List.of(left))).isEmpty();
            assertThat(GatewayCookies.refreshTokens(List.of(left))).isEmpty();
            assertThat(GatewayCookies.without(left)).isEqualTo(left);
            assertThat(names(left))
                    .doesNotContain("__Host-portcullis_access", "portcullis_access", "portcullis_refresh");
        });
    }

    @Test
    void cookiesWhenTheOwnAreRemovedThenTheOthersAreKept() {
        COOKIES.check(text -> {
            String left = GatewayCookies.without(text);

            List<String> others = pairs(text)
                    .filter(pair -> !pair.replaceAll("[^!-~]|\"", "")
                            .toLowerCase(Locale.ROOT)
                            .contains("portcullis_"))
                    .toList();
            if (!others.isEmpty()) {
                assertThat(pairs(String.valueOf(left))).containsSubsequence(others);
            }
        });
    }

    /** A reader that splits at each semicolon, as RFC 6265 section 5.4 writes cookies, is the reference. */
    @Test
    void tokenWhenFoundThenItIsThatOfACookieWithTheName() {
        COOKIES.check(text -> assertThat(pairs(text))
                .containsAll(GatewayCookies.accessTokens(List.of(text)).stream()
                        .map(token -> pairs(text)
                                .filter(pair -> pair.startsWith("__Host-portcullis_access="))
                                .filter(pair -> pair.substring("__Host-portcullis_access=".length())
                                        .strip()
                                        .equals(token))
                                .findFirst()
                                .orElse("no cookie with " + token))
                        .toList()));
    }

    private static Stream<String> pairs(String text) {
        return Arrays.stream(text.split(";", -1)).map(String::strip).filter(pair -> !pair.isEmpty());
    }

    private static List<String> names(String text) {
        return pairs(text).map(pair -> pair.split("=", 2)[0].strip()).toList();
    }
}
