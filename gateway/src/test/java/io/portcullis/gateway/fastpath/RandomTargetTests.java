package io.portcullis.gateway.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.RandomTexts;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.util.MultiValueMap;

/** What holds for each request target that the fast path takes. */
class RandomTargetTests {
    private static final RandomTexts TARGETS = RandomTexts.like(
                    "/",
                    "/api/echo/a",
                    "/a/b-c_d.e~f?x=1&y=2",
                    "/a:b@c!$&'()*+,=?x=%20&y",
                    "/a?token=pca_x",
                    "/a?ticket=pct_x")
            .with(
                    "/", "//", "/.", "/..", "%", "%2e", "%2F", "%5c", ";", "?", "&", "=", "#", "\\", "token", "ticket",
                    "tok%65n")
            .with("\u0000", "\r\n", "\u00e9", "|", "{", "+");

    @Test
    void targetWhenTakenThenItIsNotChanged() {
        TARGETS.check(text -> {
            RequestTarget target = RequestTarget.parse(text);

            assertThat(target == null ? text : target.path() + target.query()).isEqualTo(text);
        });
    }

    /** The JDK's parser and Spring's parser of queries, which the filter chain uses, are the references. */
    @Test
    void targetWhenTakenThenOtherParsersReadTheSame() {
        TARGETS.check(text -> {
            RequestTarget target = RequestTarget.parse(text);
            if (target == null) {
                return;
            }
            URI uri = URI.create("http://localhost" + text);

            assertThat(uri.getRawPath()).isEqualTo(target.path());
            assertThat(uri.getPath()).isEqualTo(target.path());
            assertThat(uri.normalize().getRawPath()).isEqualTo(target.path());
            assertThat(uri.getRawFragment()).isNull();
            assertThat(target.path()).doesNotContain("%", ";", "//", "\\");
            MultiValueMap<String, String> parameters =
                    MockServerHttpRequest.get(text.replace("{", "%7B")).build().getQueryParams();
            assertThat(parameters.keySet()).doesNotContainAnyElementsOf(List.of("token", "ticket"));
        });
    }
}
