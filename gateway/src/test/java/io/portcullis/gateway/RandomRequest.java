package io.portcullis.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A request for {@link BothPaths} that is composed at random of usual and unusual parts.
 *
 * @param head the method and target in one line, then the headers, each ended by a line feed
 */
record RandomRequest(String head, String body) {
    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");

    private static final List<String> ROUTES = List.of(
            "/api/echo",
            "/api/echo",
            "/api/echo/shared",
            "/public/echo",
            "/public/echo/shared",
            "/optional",
            "/editors",
            "/users",
            "/token",
            "/filters/echo",
            "/posts",
            "/queries",
            "/api/status",
            "/broken",
            "/nowhere",
            "/system");

    private static final List<String> SEGMENTS = List.of(
            "/a",
            "/a",
            "/b-c_d.e~f",
            "/a/b/c",
            "/",
            "",
            "/200",
            "/204",
            "/304",
            "/404",
            "/503",
            "/%61",
            "/%2e",
            "/a%2Fb",
            "/..",
            "/./x",
            "//",
            "/a;b=c",
            "/\u00c3\u00a9",
            "/a:b@c!$&'()*+,=",
            "/a b".replace(" ", "%20"),
            "/|",
            "/[x]");

    private static final List<String> QUERIES = List.of(
            "",
            "",
            "",
            "?",
            "?x=1",
            "?x=1&y=2&x=3",
            "?a&&b",
            "?=x",
            "?x=%20",
            "?%78=1",
            "?token=",
            "?token=TOKEN",
            "?token=bad",
            "?ticket=pct_x",
            "?x=a+b",
            "?x=\u00c3\u00a9",
            "?x={}|",
            "?long=1",
            "?x=%zz",
            "?x=" + "y".repeat(2_000));

    /** No two of one group are in one request. */
    private static final List<List<String>> HEADERS = List.of(
            List.of(
                    "Authorization: Bearer TOKEN",
                    "Authorization: Bearer TOKEN",
                    "Authorization: Bearer TOKEN",
                    "authorization:bearer  TOKEN ",
                    "Authorization: Bearer",
                    "Authorization: Bearer pca_x",
                    "Authorization: Bearer other.token",
                    "Authorization: Bearer a b",
                    "Authorization: Basic YTpi",
                    "Authorization: Bearer TOKEN\nAuthorization: Bearer TOKEN"),
            List.of("Cookie: a=b", "Cookie: a=b; __Host-portcullis-access=TOKEN", "Cookie: a=b\nCookie: c=d"),
            List.of("Accept: text/html", "Accept: */*", "Accept: a/b;q=0"),
            List.of("Accept-Language: zh-CN", "Accept-Language: de, en;q=0.5"),
            List.of("User-Agent: me"),
            List.of(
                    "X-User-Id: evil",
                    "x_user_id: evil",
                    "X.User.Name: evil",
                    "X-Session-ID: evil\nX-User-Roles: evil"),
            List.of("X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4", "X-Real-IP: 1.2.3.4\nX-Forwarded-Host: a"),
            List.of(
                    "Origin: https://friend.example",
                    "Origin: https://elsewhere.example",
                    "Origin: null",
                    "Origin: http://localhost:1"),
            List.of("Access-Control-Request-Method: GET", "Access-Control-Request-Method: DELETE"),
            List.of(
                    "Referer: https://a.example/p?x=1&token=TOKEN",
                    "Referer: https://a.example/TOKEN",
                    "Referer: about:blank"),
            List.of("Connection: X-Hop\nX-Hop: 1", "Connection: keep-alive", "Connection: x-user-id, x-a"),
            List.of("TE: trailers", "Keep-Alive: 5", "Proxy-Authorization: Basic x", "Trailer: X-T"),
            List.of("Upgrade: h2c", "Upgrade: websocket"),
            List.of("X-A: 1", "X-A: 1\nX-A: 2", "X-A: \u00c3\u00a9", "X-A: a\tb"),
            List.of("X-Set: 1", "X-Removed: 1", "X-Added: 0"),
            List.of("Range: bytes=0-1", "If-None-Match: \"x\""),
            List.of("Content-Type: application/json", "Content-Type: application/grpc", "Content-Type: no type"),
            List.of("Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"),
            List.of("Accept-Encoding: gzip"));

    static RandomRequest of(Random random) {
        String method = any(METHODS, random);
        boolean odd = random.nextInt(6) == 0;
        String target = odd
                ? "/odd/" + random.nextInt(MisbehavingService.responses().size())
                : any(ROUTES, random) + any(SEGMENTS, random) + any(QUERIES, random);
        StringBuilder head = new StringBuilder(method + " " + target + "\n");
        for (int group : groups(random)) {
            head.append(any(HEADERS.get(group), random)).append('\n');
        }
        // The service of odd answers reads no body, so that its connection may be reset before its answer is there.
        return odd ? new RandomRequest(head.toString(), "") : withBody(head, method, random);
    }

    private static Set<Integer> groups(Random random) {
        Set<Integer> groups = new TreeSet<>();
        if (random.nextInt(4) > 0) {
            groups.add(0);
        }
        int more = random.nextInt(4);
        for (int i = 0; i < more; i++) {
            groups.add(random.nextInt(HEADERS.size()));
        }
        return groups;
    }

    private static RandomRequest withBody(StringBuilder head, String method, Random random) {
        boolean usual = List.of("POST", "PUT", "PATCH").contains(method);
        return switch (random.nextInt(usual ? 4 : 12)) {
            case 0 -> new RandomRequest(head + "Content-Length: 7\n", "{\"a\":1}");
            case 1 -> new RandomRequest(head + "Transfer-Encoding: chunked\n", chunks(random));
            case 2 -> new RandomRequest(head + "Content-Length: 0\n", "");
            default -> new RandomRequest(head.toString(), "");
        };
    }

    private static String chunks(Random random) {
        List<String> chunks = new ArrayList<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            int size = 1 + random.nextInt(3_000);
            chunks.add(Integer.toHexString(size) + "\r\n" + "c".repeat(size) + "\r\n");
        }
        return String.join("", chunks) + "0\r\n\r\n";
    }

    @Override
    public String toString() {
        return head + "body of " + body.length();
    }

    private static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }
}
