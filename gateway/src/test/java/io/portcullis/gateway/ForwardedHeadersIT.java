package io.portcullis.gateway;

import static io.portcullis.gateway.RequestPath.FAST_PATH;
import static io.portcullis.gateway.RequestPath.FILTER_CHAIN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which forwarded headers a service gets, on both paths, from strangers and from trusted proxies. */
@Tag("database-independent")
class ForwardedHeadersIT {
    private static final BothPaths nodes = BothPaths.shared();
    private static final BothPaths behindProxies =
            BothPaths.start("--spring.cloud.gateway.server.webflux.trusted-proxies=127\\.0\\.0\\.1|10\\..*");

    @AfterAll
    static void close() throws IOException {
        behindProxies.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/echo/a\n",
                "GET /users/a/b?x=1\n",
                "GET /users\n",
                "GET /filters/echo/a\n",
                "GET /api/echo/a\nX-Forwarded-For: 1.2.3.4\nX-Forwarded-Proto: https\nX-Forwarded-Host: a.example\n",
                "GET /users/a\nX-Forwarded-For: 1.2.3.4, 10.0.0.1\nX-Forwarded-For: 10.0.0.2\nX-Forwarded-Prefix: /p\n",
                "GET /api/echo/a\nX-Forwarded-Port: 443\nX-Forwarded-Ssl: on\n",
                "GET /api/echo/a\nForwarded: for=10.0.0.1;proto=https\n"
            })
    void requestThroughATrustedProxyWhenEitherWayThenTheSame(String head) throws Exception {
        String request = head + "Authorization: Bearer TOKEN\n";

        RawResponse fast = behindProxies.exchange(FAST_PATH, request, "");
        RawResponse chain = behindProxies.exchange(FILTER_CHAIN, request, "");

        assertThat(withoutPorts(fast)).isEqualTo(withoutPorts(chain));
        assertThat(fast.body()).contains("x-forwarded-for");
    }

    @ParameterizedTest
    @EnumSource
    void forwardedHeadersWhenAStrangerSendsThemThenTheGatewayMakesItsOwn(RequestPath path) throws Exception {
        String head = """
            GET /users/a
            Authorization: Bearer TOKEN
            X-Forwarded-For: 1.2.3.4
            X_Forwarded_For: 9.9.9.9
            X_Forwarded_Proto: https
            Forwarded: for=1.2.3.4
            X-Real-IP: 1.2.3.4
            X-Forwarded-Ssl: on
            CF-Connecting-IP: 1.2.3.4
            """;

        assertThat(nodes.exchange(path, head, "").body())
                .contains("x-forwarded-for=[\"127.0.0.1\"]", "x-forwarded-proto=[\"http\"]")
                .contains("x-forwarded-host=[\"localhost:1\"]", "x-forwarded-port=[\"1\"]")
                .doesNotContain("1.2.3.4", "x-forwarded-ssl", "x_forwarded", ", forwarded=");
    }

    @ParameterizedTest
    @EnumSource
    void forwardedHeadersWhenATrustedProxySendsThemThenKeptAndContinued(RequestPath path) throws Exception {
        String head = """
            GET /users/a
            Authorization: Bearer TOKEN
            X-Forwarded-For: 203.0.113.7:4711, [2001:db8::1]:80
            X-Forwarded-For: 10.0.0.1
            X-Forwarded-Proto: https
            X_Forwarded_Host: evil.example
            X-Forwarded-Host: [2001:db8::2]
            X-Forwarded-Prefix: /p
            Forwarded: for=203.0.113.7
            X-Real-IP: 203.0.113.7
            """;

        assertThat(behindProxies.exchange(path, head, "").body())
                .contains("x-forwarded-for=[\"203.0.113.7, 2001:db8::1, 10.0.0.1, 127.0.0.1\"]")
                .contains("x-forwarded-proto=[\"https\"]", "x-forwarded-host=[\"[2001:db8::2]\"]")
                .contains("x-forwarded-port=[\"443\"]", "x-forwarded-prefix=[\"/p\"]")
                .contains("forwarded=[\"for=203.0.113.7, for=127.0.0.1\"]", "x-real-ip=[\"203.0.113.7\"]");
    }

    @Test
    void requestThroughATrustedProxyWhenNoServiceHasItsPathThenNotFound() throws Exception {
        RawResponse answer = behindProxies.exchange(FAST_PATH, "GET /filters/a\nAuthorization: Bearer TOKEN\n", "");

        assertThat(answer.status()).contains("404");
    }

    /** {@code Forwarded} tells the port that the client has connected from. */
    private static String withoutPorts(RawResponse answer) {
        return answer.toString().replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:port");
    }
}
