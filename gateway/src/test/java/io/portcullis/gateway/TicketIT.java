package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Tests that a ticket passes once, and that no service gets one, on the nodes of both paths. */
@Tag("database-independent")
class TicketIT {
    static final int INVALID = 1002000012;

    private final BothPaths nodes = BothPaths.shared();

    private RawResponse issue(RequestPath path, @Nullable String json) throws Exception {
        String body = json == null ? "" : json;
        String type = json == null ? "" : "Content-Type: application/json\n";
        return nodes.exchange(
                path,
                "POST /system/auth/ticket\nAuthorization: Bearer TOKEN\n%sContent-Length: %d\n"
                        .formatted(type, body.length()),
                body);
    }

    private String ticket(RequestPath path) throws Exception {
        return ticketIn(issue(path, null));
    }

    private String ticketFor(RequestPath path, String url) throws Exception {
        return ticketIn(issue(path, "{\"path\":\"%s\"}".formatted(url)));
    }

    private static String ticketIn(RawResponse response) {
        return data(response).get("ticket").asString();
    }

    private static JsonNode data(RawResponse response) {
        assertThat(response.status()).as(response.body()).endsWith("200 OK");
        return GatewayNode.JSON.readTree(response.body()).get("data");
    }

    private RawResponse get(RequestPath path, String target, String... headers) throws Exception {
        return nodes.exchange(path, "GET " + target + "\n" + String.join("", headers), "");
    }

    private static void assertRefused(RawResponse response, int status, int code, String ticket) {
        assertThat(response.status()).as(response.body()).contains(" " + status + " ");
        assertThat(GatewayNode.JSON.readTree(response.body()).get("code").asInt())
                .isEqualTo(code);
        assertThat(response.toString()).as("the ticket is in no answer").doesNotContain(ticket);
    }

    @ParameterizedTest
    @EnumSource
    void issueWhenLoggedInThenATicketThatNoCacheStores(RequestPath path) throws Exception {
        long now = System.currentTimeMillis();

        RawResponse response = issue(path, null);

        assertThat(ticketIn(response)).matches("pct_[A-Za-z0-9_-]{100}");
        assertThat(data(response).get("expiresTime").asLong()).isBetween(now + 30_000, now + 60_000);
        assertThat(response.headers().get("cache-control")).containsExactly("no-store");
    }

    @ParameterizedTest
    @EnumSource
    void useWhenGoodThenOnceAndNeverPassedOn(RequestPath path) throws Exception {
        for (RequestPath issuer : RequestPath.values()) {
            String ticket = ticket(issuer);
            String referer = "Referer: http://localhost:1/page?ticket=" + ticket + "&z=3\n";

            RawResponse used = get(path, "/api/echo/a?x=1&ticket=" + ticket + "&y=2", referer);
            RawResponse again = get(path, "/api/echo/a?x=1&ticket=" + ticket + "&y=2", referer);

            assertThat(used.status()).as(used.body()).endsWith("200 OK");
            assertThat(used.body())
                    .contains("\"x=1&y=2\"", "x-user-id", "http://localhost:1/page?z=3")
                    .doesNotContain("pct_");
            assertRefused(again, 401, INVALID, ticket);
            assertThat(again.headers().get("www-authenticate"))
                    .singleElement()
                    .asString()
                    .contains("error=\"invalid_token\"");
        }
    }

    @ParameterizedTest
    @EnumSource
    void useWhenTheNameIsEncodedOrBehindAnEqualsSignThenNeverPassedOn(RequestPath path) throws Exception {
        for (String name : List.of("%74icket", "=ticket", "tick%65t", "==ticket")) {
            String ticket = ticket(path);

            RawResponse used = get(path, "/api/echo/a?" + name + "=" + ticket);

            assertThat(used.status()).as(name).endsWith("200 OK");
            assertThat(used.body()).as(name).doesNotContain("pct_");
        }
    }

    @ParameterizedTest
    @EnumSource
    void useWhenBesideAnotherCredentialThenAnInvalidRequestAndNotUsedUp(RequestPath path) throws Exception {
        String ticket = ticket(path);

        assertRefused(get(path, "/api/echo/a?ticket=" + ticket + "&ticket=" + ticket), 400, 400, ticket);
        assertRefused(get(path, "/api/echo/a?ticket=pct_a&ticket=pct_b"), 400, 400, ticket);
        assertRefused(get(path, "/api/echo/a?%74icket=pct_a&ticket=" + ticket), 400, 400, ticket);
        assertRefused(get(path, "/api/echo/a?token=TOKEN&ticket=" + ticket), 400, 400, ticket);
        assertRefused(get(path, "/api/echo/a?ticket=" + ticket, "Authorization: Bearer TOKEN\n"), 400, 400, ticket);

        RawResponse used = get(path, "/api/echo/a?ticket=&ticket=" + ticket, "Authorization: Basic eDp5\n");
        assertThat(used.status()).as(used.body()).endsWith("200 OK");
    }

    @ParameterizedTest
    @EnumSource
    void useWhenOfAnotherKindThenRefused(RequestPath path) throws Exception {
        String ticket = ticket(path);

        assertRefused(get(path, "/api/echo/a?ticket=TOKEN"), 401, INVALID, nodes.access());
        assertRefused(get(path, "/api/echo/a", "Authorization: Bearer " + ticket + "\n"), 401, 401, ticket);
        assertRefused(get(path, "/api/echo/a?token=" + ticket), 401, 401, ticket);
        assertRefused(
                nodes.exchange(path, "POST /system/auth/refresh-token?refreshToken=" + ticket + "\n", ""),
                401,
                1002000010,
                ticket);
        assertThat(get(path, "/api/echo/a?ticket=" + ticket).status()).endsWith("200 OK");
    }

    @ParameterizedTest
    @EnumSource
    void useWhenForgedThenRefused(RequestPath path) throws Exception {
        String ticket = ticket(path);
        String flipped = ticket.substring(0, 50) + (ticket.charAt(50) == 'A' ? 'B' : 'A') + ticket.substring(51);
        List<String> forged = List.of(
                flipped, ticket + "A", ticket + "%00", ticket + "A".repeat(8_000), "+" + ticket, "pct_", "%FFpct_");

        for (String each : forged) {
            for (String route : List.of("/api/echo/a", "/optional/a")) {
                assertRefused(get(path, route + "?ticket=" + each), 401, INVALID, ticket);
            }
        }
        assertThat(get(path, "/api/echo/a?ticket=" + ticket).status()).endsWith("200 OK");
    }

    @ParameterizedTest
    @EnumSource
    void useWhenBoundToAPathThenOnThatPathAlone(RequestPath path) throws Exception {
        String ticket = ticketFor(path, "/api/echo/%61b~");
        String any = ticketIn(issue(path, "{}"));

        assertRefused(get(path, "/api/echo/b?ticket=" + ticket), 401, INVALID, ticket);
        assertRefused(get(path, "/api/echo/ab~/?ticket=" + ticket), 401, INVALID, ticket);
        assertThat(get(path, "/api/echo/a%62%7E?ticket=" + ticket).status())
                .as("the same path in another spelling, for the first time")
                .endsWith("200 OK");
        assertThat(get(path, "/api/echo/b?ticket=" + any).status()).endsWith("200 OK");
    }

    @ParameterizedTest
    @EnumSource
    void issueWhenTheBodyIsNoPathThenAnInvalidRequest(RequestPath path) throws Exception {
        for (String url :
                List.of("", "ws", "/a?b", "/a#b", "/a//b", "/../a", "/%2e", "/a%", "/a%zz", "/a b", "http://a/")) {
            assertRefused(issue(path, "{\"path\":\"%s\"}".formatted(url)), 400, 400, "pct_");
        }
        assertRefused(issue(path, "{\"pth\":\"/ws\"}"), 400, 400, "pct_");
        assertRefused(issue(path, "{\"path\":1}"), 400, 400, "pct_");
        assertRefused(issue(path, "{"), 400, 400, "pct_");
    }

    @ParameterizedTest
    @EnumSource
    void issueWhenTheBodyHasAnotherTypeThenRefusedUnlessEmpty(RequestPath path) throws Exception {
        String head = "POST /system/auth/ticket\nAuthorization: Bearer TOKEN\n"
                + "Content-Type: application/x-www-form-urlencoded\nContent-Length: ";

        assertRefused(nodes.exchange(path, head + "8\n", "path=/ws"), 415, 415, "pct_");
        assertThat(ticketIn(nodes.exchange(path, head + "0\n", ""))).startsWith("pct_");
        assertThat(ticketIn(issue(path, ""))).startsWith("pct_");
    }

    @ParameterizedTest
    @EnumSource
    void issueWhenNotLoggedInThenRefused(RequestPath path) throws Exception {
        String ticket = ticket(path);

        assertRefused(nodes.exchange(path, "POST /system/auth/ticket\nContent-Length: 0\n", ""), 401, 401, "pct_");
        assertRefused(
                nodes.exchange(path, "POST /system/auth/ticket?ticket=" + ticket + "\nContent-Length: 0\n", ""),
                401,
                401,
                ticket);
        assertRefused(get(path, "/system/auth/me?ticket=" + ticket), 401, 401, ticket);
    }

    @ParameterizedTest
    @EnumSource
    void proxiedWhenTheRouteAsksForNoCallerOrForwardsTokensThenNoTicketIsPassedOn(RequestPath path) throws Exception {
        String ticket = ticket(path);
        String referer = "Referer: http://localhost:1/page?z=3&ticket=" + ticket + "\n";

        RawResponse open = get(path, "/public/echo/a?x=1&ticket=" + ticket, referer);
        RawResponse bearer = get(path, "/public/echo/a", "Authorization: Bearer " + ticket + "\n");
        RawResponse forwarding = get(path, "/token/a", "Authorization: Bearer TOKEN\n", referer);
        RawResponse redeemed = get(path, "/token/a?x=1&ticket=" + ticket, referer);

        assertThat(open.body()).contains("\"x=1\"").doesNotContain("pct_");
        assertThat(bearer.status()).endsWith("200 OK");
        assertThat(bearer.body()).doesNotContain("pct_");
        assertThat(forwarding.body()).contains(nodes.access(), "page?z=3").doesNotContain("pct_");
        assertThat(redeemed.status())
                .as("unused until now: %s", redeemed.body())
                .endsWith("200 OK");
        assertThat(redeemed.body()).contains("\"x=1\"", "page?z=3").doesNotContain("pct_");
    }

    @ParameterizedTest
    @EnumSource
    void useWhenTheServiceHasItsOwnParameterThenItsOwn(RequestPath path) throws Exception {
        for (String target : List.of("/public/echo/a", "/api/echo/a")) {
            RawResponse response = get(path, target + "?ticket=ST-1-x&ticket=2", "Authorization: Bearer TOKEN\n");

            assertThat(response.status()).as(response.body()).endsWith("200 OK");
            assertThat(response.body()).contains("\"ticket=ST-1-x&ticket=2\"");
        }
        assertRefused(get(path, "/api/echo/a?ticket=x"), 401, 401, nodes.access());
    }

    @ParameterizedTest
    @EnumSource
    void useWhenTheCallerLacksTheRoleThenForbidden(RequestPath path) throws Exception {
        String ticket = ticket(path);

        assertRefused(get(path, "/editors/a?ticket=" + ticket), 403, 403, ticket);
        assertThat(get(path, "/users/a?ticket=" + ticket(path)).status()).endsWith("200 OK");
    }
}
