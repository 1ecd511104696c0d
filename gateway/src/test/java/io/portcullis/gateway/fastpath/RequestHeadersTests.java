package io.portcullis.gateway.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.gateway.authentication.RemovedTokens;
import io.portcullis.gateway.cookie.CookieMode;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadersTests {
    private final RequestHeaders headers =
            new RequestHeaders(new HopByHopHeaders(Set.of("connection", "keep-alive", "te", "transfer-encoding")));

    private static HttpHeaders of(String... namesAndValues) {
        HttpHeaders all = new DefaultHttpHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "Upgrade,websocket",
        "upgrade,h2c",
        "Expect,something",
        "Cookie,a=b; portcullis_access=pca_x",
        "Cookie,__Host-portcullis_refresh=pcr_x",
        "Content-Type,Application/gRPC+proto",
        "Transfer-Encoding,'gzip, chunked'",
        "Access-Control-Request-Method,PUT",
    })
    void arePlainWhenOneNeedsTheFilterChainThenFalse(String name, String value) {
        assertThat(RequestHeaders.areSimple(of("Accept", "*/*", name, value), CookieMode.OFF))
                .isFalse();
    }

    @Test
    void arePlainWhenOrdinaryThenTrue() {
        assertThat(RequestHeaders.areSimple(
                        of(
                                "Host",
                                "a",
                                "Authorization",
                                "Bearer x",
                                "Cookie",
                                "a=b",
                                "Content-Type",
                                "application/json",
                                "Transfer-Encoding",
                                "Chunked",
                                "Connection",
                                "close, X-User-Id",
                                "Expect",
                                "100-Continue",
                                "Origin",
                                "https://a"),
                        CookieMode.OFF))
                .isTrue();
        assertThat(RequestHeaders.areSimple(
                        of("Authorization", "Bearer x", "authorization", "Basic y"), CookieMode.OFF))
                .isFalse();
    }

    @Test
    void arePlainWhenCookiesAreReadThenTheGatewaysAreOrdinary() {
        HttpHeaders headers = of("Cookie", "__Host-portcullis_access=pca_x", "Authorization", "Bearer x");

        assertThat(RequestHeaders.areSimple(headers, CookieMode.ON)).isTrue();
        assertThat(RequestHeaders.areSimple(headers, CookieMode.ONLY)).isFalse();
        assertThat(RequestHeaders.areSimple(headers.remove("Authorization"), CookieMode.ONLY))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-User-Id",
                "x_user_id",
                "X-USER-name",
                "X_Tenant-Id",
                "X.User.Id",
                "x~session!id",
                "X`User|Roles",
                "Proxy",
                "x-http2-stream-id",
                "X-Forwarded-For",
                "x-forwarded-prefix",
                "X_Forwarded_For",
                "X-Real-IP",
                "true-client-ip",
                "X-Original-URL",
                "Forwarded",
                "Connection",
                "TE",
                "Host",
                "HTTP2-Settings",
                "Upgrade",
                "Authorization"
            })
    void copyWhenNotForTheServiceThenLeftOut(String name) {
        HttpHeaders target = of();

        headers.copy(of("X-Request-Id", "1", name, "evil", "Accept", "*/*"), target, RemovedTokens.PRESENTED, "evil");

        assertThat(target.entries()).extracting("key").containsExactly("X-Request-Id", "Accept");
    }

    @Test
    void copyWhenCookiesAreMixedThenOnlyThoseOfTheService() {
        HttpHeaders target = of();

        headers.copy(
                of("Cookie", "a=1; __Host-portcullis_access=pca_x; b=2", "Cookie", "portcullis_refresh=pcr_x"),
                target,
                RemovedTokens.NONE,
                null);

        assertThat(target.getAll("Cookie")).containsExactly("a=1; b=2");
    }

    @Test
    void copyWhenTheRouteForwardsTokensThenNoTicket() {
        HttpHeaders target = of();

        headers.copy(
                of("Referer", "https://a/b?token=pca_x&%74icket=pc%74_y", "Authorization", "Bearer pct_y"),
                target,
                RemovedTokens.NONE,
                "pct_y");

        assertThat(target.get("Referer")).isEqualTo("https://a/b?token=pca_x");
        assertThat(target.contains("Authorization")).isFalse();
    }

    /** Lenient decoders leave a percent sign that encodes nothing as it is, and find the token. */
    @ParameterizedTest
    @ValueSource(strings = {"https://a/p%63a_x?y=%", "https://a/?y=p%63a_x%zz", "https://a/?%&tok%65n%=pca%5Fx"})
    void copyWhenThePercentSignsOfARefererAreMalformedThenNoToken(String referer) {
        HttpHeaders target = of();

        headers.copy(of("Referer", referer), target, RemovedTokens.PRESENTED, null);

        assertThat(target.get("Referer", "")).doesNotContain("a_x", "a%5Fx");
    }

    @Test
    void copyWhenCookieIsConfiguredAsHopByHopThenLeftOut() {
        HttpHeaders target = of();

        new RequestHeaders(new HopByHopHeaders(Set.of("cookie")))
                .copy(of("Cookie", "a=1", "Accept", "*/*"), target, RemovedTokens.PRESENTED, null);

        assertThat(target.entries()).extracting("key").containsExactly("Accept");
    }

    @Test
    void copyWhenSentTwiceThenBoth() {
        HttpHeaders target = of();

        headers.copy(of("Authorization", "Basic x", "X-A", "1", "x-a", "2"), target, RemovedTokens.PRESENTED, null);

        assertThat(target.getAll("X-A")).containsExactly("1", "2");
        assertThat(target.get("Authorization")).isEqualTo("Basic x");
    }
}
