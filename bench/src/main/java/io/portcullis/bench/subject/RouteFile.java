package io.portcullis.bench.subject;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Creates the route file, which is the same for all Spring Cloud Gateways. */
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

    /** A route whose metadata switches the token check off. Only Portcullis evaluates the metadata. */
    private static final String OPEN = ROUTE + """
                          metadata:
                            auth: none
            """;

    private RouteFile() {}

    /**
     * Returns a file with the given number of routes, of which the first matches {@code /open/**} and the last {@code
     * /api/**}.
     */
    static String of(int routes, String uri) {
        return HEAD
                + OPEN.formatted("open", "/open/**", uri)
                + IntStream.range(2, routes)
                        .mapToObj(i -> ROUTE.formatted("service-" + i, "/service-" + i + "/**", uri))
                        .collect(Collectors.joining())
                + ROUTE.formatted("api", "/api/**", uri);
    }
}
