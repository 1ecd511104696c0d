package io.portcullis.bench.subject;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The routes' YAML, the same for all Spring Cloud Gateways. */
final class RouteFile {
    private static final String HEAD = """
            spring:
              cloud:
                gateway:
                  server:
                    webflux:
                      routes:
            """;
    private static final String ROUTE = """
                        - id: %1$s
                          uri: %3$s
                          predicates:
                            - Path=%2$s
            """;

    /** What it says of the check, only Portcullis reads. */
    private static final String OPEN = ROUTE + """
                          metadata:
                            auth: none
            """;

    private RouteFile() {}

    /** So many routes, of which the first takes {@code /open/**} and the last {@code /api/**}. */
    static String of(int routes, String uri) {
        return HEAD
                + OPEN.formatted("open", "/open/**", uri)
                + IntStream.range(2, routes)
                        .mapToObj(i -> ROUTE.formatted("service-" + i, "/service-" + i + "/**", uri))
                        .collect(Collectors.joining())
                + ROUTE.formatted("api", "/api/**", uri);
    }
}
