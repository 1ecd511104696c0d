package io.portcullis.gateway.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTests {
    private final HttpHeaders headers = new DefaultHttpHeaders();

    @Test
    void idWhenATrustedProxySendsItThenTaken() {
        headers.set("x-request-id", "Root=1-67891233-abcdef012345678912345678");

        assertThat(RequestIds.take(headers, true)).isEqualTo("Root=1-67891233-abcdef012345678912345678");
        assertThat(headers).isEmpty();
    }

    @Test
    void idWhenAnyoneElseSendsItThenMade() {
        headers.set("X-Request-Id", "a");

        assertThat(RequestIds.take(headers, false)).matches("[0-9a-f]{32}");
        assertThat(headers).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\"b", "a,b", "\u00e9", "a\\b", "a{b"})
    void idWhenNotOfItsFormThenMade(String value) {
        headers.set("X-Request-Id", value);

        assertThat(RequestIds.take(headers, true)).matches("[0-9a-f]{32}");
    }

    @Test
    void idWhenTooLongOrTwiceThenMade() {
        headers.set("X-Request-Id", "a".repeat(129));
        assertThat(RequestIds.take(headers, true)).hasSize(32);

        headers.set("X-Request-Id", "a".repeat(128));
        assertThat(RequestIds.take(headers, true)).hasSize(128);

        headers.add("X-Request-Id", "a");
        headers.add("X-Request-Id", "b");
        assertThat(RequestIds.take(headers, true)).hasSize(32);
    }

    @Test
    void headersWhenSpelledOtherwiseThenRemoved() {
        headers.set("X_Request_Id", "a")
                .set("x.request-ID", "b")
                .set("X-Request-Ids", "c")
                .set("Accept", "d");

        assertThat(RequestIds.take(headers, true)).hasSize(32);
        assertThat(headers.names()).containsExactlyInAnyOrder("X-Request-Ids", "Accept");
    }
}
