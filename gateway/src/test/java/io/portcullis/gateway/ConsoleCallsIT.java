package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.SampleServices;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Who may call the console, from where, and what the console leaves to routes. */
@Tag("database-independent")
class ConsoleCallsIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String ACCESS = "__Secure-portcullis_console_access";
    private static final String REFRESH = "__Secure-portcullis_console_refresh";
    private static final String FOREIGN = "1002000030";
    private static final String LOGIN = "{\"username\":\"%s\",\"password\":\"%s\"}";
    private static final GatewayNode node = GatewayNode.shared();
    private static final String user = "user-" + UUID.randomUUID();
    private static final String administrator = "admin-" + UUID.randomUUID();

    private static String token;
    private static String bearer;
    private static String cookies;

    @BeforeAll
    static void logIn() throws Exception {
        node.createAccount(user, PASSWORD, "user");
        node.createAccount(administrator, PASSWORD, "admin");
        token = node.login(user, PASSWORD).get("accessToken").asString();
        bearer = node.login(administrator, PASSWORD).get("accessToken").asString();
        cookies = cookies(administrator);
    }

    private static HttpResponse<String> send(String method, String path, String json, String... headers)
            throws Exception {
        var request = HttpRequest.newBuilder(node.uri(path))
                .method(
                        method,
                        method.equals("GET")
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(json))
                .header("Content-Type", "application/json");
        return GatewayNode.send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Logs in and returns the header with both cookies. */
    private static String cookies(String username) throws Exception {
        var response = send("POST", "/console/api/console/login", LOGIN.formatted(username, PASSWORD));
        assertThat(response.body()).contains("\"code\":0").doesNotContain("pca_", "pcr_");
        return response.headers().allValues("Set-Cookie").stream()
                .map(cookie -> cookie.replaceFirst(";.*", ""))
                .collect(Collectors.joining("; "));
    }

    /** Returns method and path of every endpoint that administrators have, as the console calls it. */
    static List<String> calls() {
        return node.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
                .flatMap(mapping -> mapping.getPatternsCondition().getPatterns().stream()
                        .map(pattern -> pattern.getPatternString().replaceAll("\\{\\w+}", "x"))
                        .flatMap(path -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + path)))
                .filter(call -> call.contains(" /system/") && !call.contains("/system/auth/"))
                .filter(call -> !call.matches(".*/console/log(in|out)"))
                .map(call -> call.replaceFirst("/system/", "/console/api/"))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void callWhenTheCallerIsNoAdministratorOrThePageForeignThenRefused(String call) throws Exception {
        String method = call.replaceFirst(" .*", "");
        String path = call.replaceFirst(".* ", "");

        assertThat(send(method, path, "{}").statusCode()).isEqualTo(method.equals("GET") ? 401 : 403);
        assertThat(send(method, path, "{}", "X-Requested-With", "a").statusCode())
                .isEqualTo(401);
        assertThat(send(method, path, "{}", "X-Requested-With", "a", "Authorization", "Bearer " + bearer)
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(method, path, "{}", "X-Requested-With", "a", "Cookie", ACCESS + "=" + token)
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(method, path, "{}", "Sec-Fetch-Site", "same-site", "Cookie", cookies)
                        .body())
                .contains(FOREIGN);
        assertThat(send(method, path, "{}", "Origin", "https://a.example", "X-Requested-With", "a", "Cookie", cookies)
                        .body())
                .contains(FOREIGN);
        assertThat(send(method, path, "{}", "Sec-Fetch-Site", "same-origin", "Cookie", cookies)
                        .statusCode())
                .isNotIn(401, 403);
    }

    @Test
    void loginWhenNoAdministratorThenRefusedAndNoSessionStays() throws Exception {
        var refused = send("POST", "/console/api/console/login", LOGIN.formatted(user, PASSWORD));

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
        String live =
                "SELECT COUNT(*) FROM auth_session WHERE username = ? AND device = 'Console' AND ended_at IS NULL";
        assertThat(GatewayNode.count(live, user)).isZero();
    }

    @Test
    void loginWhenAForeignPageSendsItThenRefused() throws Exception {
        String body = LOGIN.formatted(administrator, PASSWORD);

        var refused = send("POST", "/console/api/console/login", body, "Sec-Fetch-Site", "cross-site");

        assertThat(refused.body()).contains(FOREIGN);
        assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    }

    @Test
    void cookiesWhenSetThenNeitherScriptsNorOtherPathsNorOtherSitesGetThem() throws Exception {
        var response = send("POST", "/console/api/console/login", LOGIN.formatted(administrator, PASSWORD));

        assertThat(response.headers().allValues("Set-Cookie"))
                .hasSize(2)
                .allSatisfy(cookie -> assertThat(cookie)
                        .contains("Path=/console;", "HTTPOnly", "Secure", "SameSite=Strict")
                        .doesNotContain("Domain"));
    }

    @Test
    void callWhenTheAccessTokenIsMissingThenTheSessionIsRefreshed() throws Exception {
        Matcher refresh = Pattern.compile(REFRESH + "=[^;]+").matcher(cookies(administrator));
        assertThat(refresh.find()).isTrue();

        var response = node.get("/console/api/console/overview", "Cookie", refresh.group());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().allValues("Set-Cookie")).hasSize(2);
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(GatewayNode.data(response).get("username").asString()).isEqualTo(administrator);
    }

    @Test
    void callWhenAnsweredThenNoCacheStoresIt() throws Exception {
        var page = node.get("/console/api/session/page", "Cookie", cookies(administrator));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    @Test
    void logoutWhenAnsweredThenTheSessionIsOver() throws Exception {
        String held = cookies(administrator);

        var logout = send("POST", "/console/api/console/logout", "", "Sec-Fetch-Site", "same-origin", "Cookie", held);

        assertThat(logout.body()).contains("\"data\":true");
        assertThat(node.get("/console/api/console/overview", "Cookie", held).body())
                .contains("\"code\":1002000020");
    }

    @Test
    void callWhenTheIdHasASlashThenTheIdIsRead() throws Exception {
        var sessions = node.get("/console/api/user/a%2Fb/sessions", "Cookie", cookies(administrator));

        assertThat(sessions.body()).contains("\"data\":[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auth/me", "auth/sessions", "%61uth/me", "other", "session/../auth/me", ""})
    void pathWhenTheConsoleHasNoSuchCallThenNotReached(String call) throws Exception {
        var response = node.get("/console/api/" + call, "Cookie", cookies);

        assertThat(response.statusCode()).isIn(400, 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console", "/console/"})
    void pageWhenOpenedThenItRunsItsOwnScriptsAlone(String path) throws Exception {
        var page = node.get(path);

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("Permissions-Policy")).isPresent();
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.body()).doesNotContain("style=", "onclick", "<style", "{files}");
    }

    @Test
    void fileWhenOfThisVersionThenCachesKeepItForEver() throws Exception {
        Matcher script =
                Pattern.compile("src=\"([^\"]+)\"").matcher(node.get("/console").body());
        assertThat(script.find()).isTrue();

        var file = node.get(script.group(1));
        var ofAnotherVersion = node.get(script.group(1).replaceFirst("files/\\w+", "files/0"));

        assertThat(file.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
        assertThat(file.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/javascript");
        assertThat(ofAnotherVersion.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(ofAnotherVersion.body()).isEqualTo(file.body());
    }

    @ParameterizedTest
    @EnumSource
    void pathWhenTheConsoleIsOnThenNoRouteGetsItAndWhenOffThenRoutesDo(RequestPath path) throws Exception {
        try (SampleServices services = SampleServices.start();
                GatewayNode on = GatewayNode.start(catchAll(services, path, true));
                GatewayNode off = GatewayNode.start(catchAll(services, path, false))) {
            for (String target : List.of("/console", "/console/api/session/page", "/console/other")) {
                assertThat(on.get(target).body()).as(target).doesNotContain("/public/echo/");
                assertThat(on.call("POST", target, null, "{}").body())
                        .as(target)
                        .doesNotContain("/public/echo/");
                assertThat(off.get(target).body()).as(target).contains("/public/echo/");
                assertThat(off.call("POST", target, null, "{}").body())
                        .as(target)
                        .contains("/public/echo/");
            }
            assertThat(off.get("/system/console/overview").statusCode()).isEqualTo(401);
            assertNoCredentialElsewhere(on, cookies(administrator));
        }
    }

    /** The console's cookies neither authenticate a call outside of the console nor reach a service, in cookie mode too. */
    private static void assertNoCredentialElsewhere(GatewayNode on, String held) throws Exception {
        assertThat(on.get("/system/session/page", "Cookie", held).statusCode()).isEqualTo(401);
        assertThat(on.get("/a", "Cookie", held + "; other=kept").body())
                .contains("other=kept")
                .doesNotContain("pca_", "pcr_", "portcullis_console");
    }

    private static String[] catchAll(SampleServices services, RequestPath path, boolean enabled) {
        return Stream.of(new Routes()
                        .add("/**", services.uri(), "metadata.auth=none", "filters[0]=PrefixPath=/public/echo")
                        .arguments(
                                path.argument(),
                                "--portcullis.http.cookies=on",
                                "--portcullis.console.enabled=" + enabled))
                .toArray(String[]::new);
    }
}
