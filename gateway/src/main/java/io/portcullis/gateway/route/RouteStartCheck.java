package io.portcullis.gateway.route;

import io.portcullis.gateway.startup.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Stops the start with a {@link ConfigurationException} if a configured route cannot be created. Blocks the starting thread. */
final class RouteStartCheck implements SmartInitializingSingleton {
    private static final Logger log = LoggerFactory.getLogger(RouteStartCheck.class);

    private final RouteCreation creation;
    private final Supplier<ConfiguredRoutes> routes;

    RouteStartCheck(RouteCreation creation, Supplier<ConfiguredRoutes> routes) {
        this.creation = creation;
        this.routes = routes;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (routes.get().definitions().isEmpty()) {
            warnOfNoRoutes();
        }
        creation.check(routes.get()).block();
    }

    private static void warnOfNoRoutes() {
        Path directory = Path.of("config").toAbsolutePath();
        log.warn(
                "No routes are configured; only the gateway's own endpoints are served. The configuration is expected in {},"
                        + " which {}; spring.config.additional-location selects another directory",
                directory,
                Files.isDirectory(directory) ? "exists" : "does not exist");
    }
}
