package io.portcullis.gateway;

import static io.portcullis.gateway.RequestPath.FAST_PATH;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests which answers a page of another origin can read, on both paths. */
@Tag("database-independent")
class CorsIT {
    private static final String ORIGIN = "Origin: https://friend.example\n";

    private static final BothPaths nodes = BothPaths.shared();

    @ParameterizedTest
    @EnumSource
    void pageOfAnAllowedOriginWhenItLogsInThenItReadsTheAnswer(RequestPath path) throws Exception {
        String login = nodes.credentials();
        String head =
                "POST /system/auth/login\nContent-Type: application/json\nContent-Length: " + login.length() + "\n";

        RawResponse answer = nodes.exchange(path, head + ORIGIN, login);

        assertThat(answer.status()).contains("200");
        assertReadable(answer);
        assertThat(answer.headers()).containsEntry("access-control-expose-headers", List.of("X-Total"));
    }

    @ParameterizedTest
    @CsvSource({
        "FAST_PATH,     /system/auth/me",
        "FAST_PATH,     /system/session/page",
        "FAST_PATH,     /public/echo/shared/a",
        "FILTER_CHAIN,  /system/auth/me",
        "FILTER_CHAIN,  /system/session/page",
        "FILTER_CHAIN,  /public/echo/shared/a"
    })
    void pageOfAnAllowedOriginWhenItCallsThenItReadsEveryAnswer(RequestPath path, String target) throws Exception {
        assertReadable(nodes.exchange(path, "GET " + target + "\n" + ORIGIN, ""));
    }

    @ParameterizedTest
    @EnumSource
    void pageOfAnAllowedOriginWhenItAsksBeforeACallThenAllowed(RequestPath path) throws Exception {
        String head = """
            OPTIONS /system/auth/login
            Origin: https://friend.example
            Access-Control-Request-Method: POST
            Access-Control-Request-Headers: content-type
            """;

        RawResponse preflight = nodes.exchange(path, head, "");

        assertThat(preflight.status()).contains("200");
        assertReadable(preflight);
    }

    @ParameterizedTest
    @EnumSource
    void pageOfAForeignOriginWhenItCallsThenRefused(RequestPath path) throws Exception {
        RawResponse answer = nodes.exchange(path, "GET /system/auth/me\nOrigin: https://elsewhere.example\n", "");

        assertThat(answer.status()).contains("403");
    }

    @Test
    void pageOfAnotherOriginWhenItCallsThenTheFastPathTakesIt() throws Exception {
        long before = nodes.fastPathCount(FAST_PATH);

        assertReadable(nodes.exchange(FAST_PATH, "GET /public/echo/shared/a\n" + ORIGIN, ""));

        assertThat(nodes.fastPathCount(FAST_PATH) - before).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void corsHeadersOfAServiceWhenThereAreRulesThenDropped(RequestPath path) throws Exception {
        assertReadable(nodes.exchange(path, "GET /odd/" + BothPaths.answerWithCorsHeaders() + "\n" + ORIGIN, ""));
    }

    private static void assertReadable(RawResponse answer) {
        assertThat(answer.headers())
                .containsEntry("access-control-allow-origin", List.of("https://friend.example"))
                .containsEntry("access-control-allow-credentials", List.of("true"));
        assertThat(String.join(",", answer.headers().get("vary"))).contains("Origin");
    }
}
