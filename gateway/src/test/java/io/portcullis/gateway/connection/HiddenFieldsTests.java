package io.portcullis.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.util.AttributeKey;
import org.junit.jupiter.api.Test;

class HiddenFieldsTests {
    private static final AttributeKey<Object> KEY = AttributeKey.valueOf(HiddenFields.class.getName());

    private final EmbeddedChannel channel = new EmbeddedChannel();

    private void receive(String... values) {
        HiddenFields.clear(channel);
        var trailers = new DefaultHttpHeaders();
        for (String value : values) {
            trailers.add("X-Trailer", value);
        }
        HiddenFields.storeTrailers(channel, trailers);
    }

    @Test
    void requestsWhenNoneHasTrailersThenTheConnectionKeepsNothing() {
        receive();
        receive();
        assertThat(channel.hasAttr(KEY)).isFalse();
        assertThat(HiddenFields.of(channel)).isEmpty();
    }

    @Test
    void requestWhenItHasTrailersThenTheNextOneHasNone() {
        receive("a", "b");
        assertThat(HiddenFields.of(channel)).containsExactly("a", "b");
        receive();
        assertThat(HiddenFields.of(channel)).isEmpty();
    }
}
