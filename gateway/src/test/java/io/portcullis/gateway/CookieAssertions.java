package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;

/** Reads and checks the cookies of responses. */
final class CookieAssertions {
    private CookieAssertions() {}

    static List<String> setCookies(HttpResponse<?> response) {
        return response.headers().allValues("Set-Cookie");
    }

    /** Returns the error code in the body. */
    static int code(HttpResponse<String> response) {
        return GatewayNode.JSON.readTree(response.body()).get("code").asInt();
    }

    static void assertRefreshed(HttpResponse<?> response) {
        assertThat(setCookies(response))
                .hasSize(2)
                .anyMatch(it -> it.startsWith(Browser.ACCESS + "=pca_"))
                .anyMatch(it -> it.startsWith(Browser.REFRESH + "=pcr_"));
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
    }

    static void assertCleared(HttpResponse<?> response) {
        assertThat(setCookies(response)).hasSize(2).allMatch(it -> it.contains("=; ") && it.contains("Max-Age=0"));
    }
}
