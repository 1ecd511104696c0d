package io.portcullis.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestRulesTests {
    private static @Nullable Refusal apply(HttpHeaders headers) {
        return RequestRules.apply(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/a", headers), removed -> {});
    }

    /** A request with a number of header lines, and twenty times as many options that name none of them. */
    private static CountedHeaders request(int lines) {
        CountedHeaders headers = new CountedHeaders();
        headers.add("Host", "a");
        headers.add(
                "Connection",
                IntStream.range(0, 20 * lines).mapToObj(i -> "o" + i).collect(Collectors.joining(",")));
        while (headers.size() < lines) {
            headers.add("a", "");
        }
        headers.lookups = 0;
        return headers;
    }

    @Test
    void applyWhenTwiceTheLinesAndOptionsThenTwiceTheLooksAtHeaders() {
        CountedHeaders once = request(RequestLimits.MAX_HEADER_LINES / 2);
        CountedHeaders twice = request(RequestLimits.MAX_HEADER_LINES);

        assertThat(apply(once)).isNull();
        assertThat(apply(twice)).isNull();

        assertThat(once.lookups).isPositive();
        assertThat(twice.lookups).isLessThanOrEqualTo(2 * once.lookups);
    }

    @Test
    void applyWhenTooManyLinesThenRefusedWithoutALookAtThem() {
        CountedHeaders headers = request(RequestLimits.MAX_HEADER_LINES + 1);

        assertThat(apply(headers)).isEqualTo(Refusal.LARGE_HEADERS);

        assertThat(headers.lookups).isZero();
    }

    @Test
    void applyWhenConnectionNamesHeadersThenTheOthersStayInTheirOrder() {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.add("X-A", "1")
                .add("Host", "a")
                .add("X-Hop", "1")
                .add("x-a", "2")
                .add("Authorization", "Bearer a")
                .add("x-hop", "2");
        headers.add("Connection", "close, X-HOP, host, authorization").add("Connection", ",x-none,");

        assertThat(apply(headers)).isNull();

        assertThat(headers.entries())
                .extracting(Map.Entry::getKey)
                .containsExactly("X-A", "Host", "x-a", "Authorization", "Connection", "Connection");
        assertThat(headers.getAll("X-A")).isEqualTo(List.of("1", "2"));
    }

    /** Counts each header that a method may have to look at: Netty's own methods walk a list of them. */
    private static final class CountedHeaders extends DefaultHttpHeaders {
        private long lookups;

        @Override
        public boolean contains(CharSequence name) {
            lookups += size();
            return super.contains(name);
        }

        @Override
        public @Nullable String get(CharSequence name) {
            lookups += size();
            return super.get(name);
        }

        @Override
        public List<String> getAll(CharSequence name) {
            lookups += size();
            return super.getAll(name);
        }

        @Override
        public HttpHeaders remove(String name) {
            lookups += size();
            return super.remove(name);
        }

        @Override
        public HttpHeaders remove(CharSequence name) {
            lookups += size();
            return super.remove(name);
        }

        @Override
        public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
            lookups += size();
            return super.iteratorCharSequence();
        }
    }
}
