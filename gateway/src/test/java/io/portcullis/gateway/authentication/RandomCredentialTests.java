package io.portcullis.gateway.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.RandomTexts;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What holds for each header that may have a token. */
class RandomCredentialTests {
    @Test
    void authorizationWhenItHasATokenThenItIsWhatStandsBehindTheScheme() {
        RandomTexts.like("Bearer pca_x", "bearer  pca_x ", "Basic YTpi", "Bearer", "BEARER\tpca_x", "Bearerpca_x")
                .with(" ", "\t", "\u00a0", "\u2003", "=", ",", "Bearer ", "\u0130", "\u212a")
                .check(text -> {
                    String token = BearerTokenResolver.tokenOf(text);
                    boolean bearer = text.strip().matches("(?is)bearer(\\s.*)?");

                    if (token != null) {
                        assertThat(text.strip()).endsWith(token);
                        assertThat(text.strip().substring(0, 6)).isEqualToIgnoringCase("bearer");
                        assertThat(token).isEqualTo(token.strip());
                    }
                    assertThat(!bearer || token != null).isTrue();
                });
    }

    /** A service that decodes what it gets, malformed parts left as they are, must not find a token. */
    @Test
    void refererWhenItIsPassedOnThenNoTokenIsInIt() {
        RandomTexts.like(
                        "https://a.example/p?x=1&token=pca_abc",
                        "https://a.example/p?x=1&token=pca_abc&y=2#z",
                        "https://a.example/pcr_abc",
                        "https://a.example/p?ticket=pct_abc",
                        "about:blank")
                .with(
                        "&",
                        "=",
                        "?",
                        "%",
                        "%zz",
                        "%5F",
                        "%5f",
                        "p%63a_",
                        "tok%65n=",
                        "token=",
                        "ticket=",
                        "+",
                        "#",
                        "%25")
                .check(text -> {
                    String passed = Referer.without(RemovedTokens.PRESENTED, text);
                    if (passed == null) {
                        return;
                    }

                    assertThat(decoded(passed)).doesNotContain("pca_", "pcr_", "pct_");
                    assertThat(Referer.without(RemovedTokens.PRESENTED, passed)).isEqualTo(passed);
                });
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replaceAll("%(?![0-9A-Fa-f]{2})", "%25"), StandardCharsets.ISO_8859_1);
    }
}
