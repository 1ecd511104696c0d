package io.portcullis.gateway;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Makes the arguments of a node that define its routes, in place of the routes of the shipped file. */
final class Routes {
    private static final Path SHIPPED = Path.of("../config/routes.yaml");

    private final List<String> arguments = new ArrayList<>();
    private int count;

    /**
     * Adds a route after those added before. Its id is {@code route-} and its position.
     *
     * @param settings further settings of the route, such as {@code metadata.auth=none}
     */
    @CanIgnoreReturnValue
    Routes add(String path, String uri, String... settings) {
        arguments.addAll(route(count, path, uri, settings));
        count++;
        return this;
    }

    /**
     * Returns these other arguments and those of the routes. A route of the shipped file keeps its settings unless another route
     * has its position, so each one that is left over gets the path {@code /none}.
     */
    String[] arguments(String... others) {
        List<String> all = new ArrayList<>(List.of(others));
        all.addAll(arguments);
        for (int position = count; position < shipped(); position++) {
            all.addAll(route(position, "/none", "http://127.0.0.1:1"));
        }
        return all.toArray(String[]::new);
    }

    private static List<String> route(int position, String path, String uri, String... settings) {
        return Stream.concat(
                        Stream.of("id=route-" + position, "uri=" + uri, "predicates[0]=Path=" + path),
                        Stream.of(settings))
                .map(setting -> "--spring.cloud.gateway.server.webflux.routes[%d].%s".formatted(position, setting))
                .toList();
    }

    private static long shipped() {
        try (Stream<String> lines = Files.lines(SHIPPED)) {
            return lines.filter(line -> line.strip().startsWith("- id:")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
