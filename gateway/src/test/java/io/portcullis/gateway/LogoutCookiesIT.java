package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Which cookies a logout clears. */
class LogoutCookiesIT {
    @AutoClose
    private static final GatewayNode node = GatewayNode.start("--portcullis.http.cookies=on");

    private static HttpResponse<String> logout(String header, String value) throws Exception {
        return GatewayNode.send(HttpRequest.newBuilder(node.uri("/system/auth/logout"))
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** A form of a foreign site is such a request: the browser sends no cookies with it, although it has some. */
    @Test
    void logoutWhenTheRequestHasNoCookiesThenNoneIsCleared() throws Exception {
        var response = logout("Sec-Fetch-Site", "cross-site");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().allValues("Set-Cookie")).isEmpty();
    }

    @Test
    void logoutWhenTheRequestHasAnUnusableCookieThenBothAreCleared() throws Exception {
        var response = logout("Cookie", "a=1; __Host-portcullis_refresh=x");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().allValues("Set-Cookie"))
                .hasSize(2)
                .allMatch(cookie -> cookie.startsWith("__Host-portcullis_") && cookie.contains("Max-Age=0"));
    }
}
