package io.portcullis.gateway.reload;

import io.portcullis.core.error.RootCause;
import io.portcullis.gateway.route.ConfiguredRoutes;
import io.portcullis.gateway.route.RouteCreation;
import io.portcullis.gateway.route.RouteFileCheck;
import io.portcullis.gateway.route.RoutePreparation;
import io.portcullis.gateway.startup.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Replaces the routes by those that the configuration files have now. The routes are validated as at the start, and replaced as a
 * whole or not at all. One reload runs at a time.
 */
public final class RouteReload {
    private static final Logger log = LoggerFactory.getLogger(RouteReload.class);

    private static final Duration READ_LIMIT = Duration.ofSeconds(15);
    /** A reading that hangs holds its thread for ever. */
    private static final int MAX_READINGS = 5;

    private final ConfigurableEnvironment running;
    private final ConfigurationFiles files;
    private final RouteFileCheck check;
    private final RouteCreation creation;
    private final List<RoutePreparation> preparations;
    private final RouteReplacement replacement;
    private final RouteReloadState state;
    private final AtomicInteger readings = new AtomicInteger();
    private volatile Set<Path> watched;

    RouteReload(
            ConfigurableEnvironment running,
            ConfigurationFiles files,
            RouteFileCheck check,
            RouteCreation creation,
            List<RoutePreparation> preparations,
            RouteReplacement replacement,
            RouteReloadState state) {
        this.running = running;
        this.files = files;
        this.check = check;
        this.creation = creation;
        this.preparations = List.copyOf(preparations);
        this.replacement = replacement;
        this.state = state;
        this.watched = ConfigurationFiles.in(running);
    }

    /** Returns the files from which the configuration was read. */
    Set<Path> watched() {
        return watched;
    }

    /**
     * Reads the files, and replaces the routes if they differ. Emits false if the files were refused; never ends with an error.
     *
     * @param changed whether the files have changed since they were read
     */
    Mono<Boolean> run(boolean changed) {
        return Mono.fromCallable(() -> readOnce(changed))
                .subscribeOn(Schedulers.boundedElastic())
                .timeout(READ_LIMIT, Mono.error(RouteReload::tooSlow))
                .flatMap(this::use)
                .thenReturn(true)
                .onErrorResume(
                        failure -> Mono.fromRunnable(() -> refuse(failure)).thenReturn(false));
    }

    /** While a reading hangs, changed files are read on a further thread, and unchanged ones are not read again. */
    private Read readOnce(boolean changed) {
        int limit = changed ? MAX_READINGS : 1;
        if (readings.getAndUpdate(count -> count < limit ? count + 1 : count) >= limit) {
            throw tooSlow();
        }
        try {
            return read();
        } finally {
            readings.decrementAndGet();
        }
    }

    private static ConfigurationException tooSlow() {
        return new ConfigurationException(
                "The configuration files, or what they import, cannot be read within " + READ_LIMIT.toSeconds() + " s.",
                "Import files alone, from a file system that answers.");
    }

    private record Read(ConfiguredRoutes routes, Set<Path> files, List<String> needRestart) {}

    private Read read() {
        ConfigurableEnvironment environment = files.read(watched);
        ConfiguredRoutes routes = check.read(environment);
        if (routes.definitions().isEmpty()
                && !state.current().routes().definitions().isEmpty()) {
            throw new ConfigurationException(
                    "The configuration files have no routes any more.",
                    "Write at least one route, or restart the node to run it without routes.");
        }
        return new Read(
                routes,
                ConfigurationFiles.in(environment),
                ConfigurationFiles.differences(running, environment, RouteFileCheck.ROUTES));
    }

    private Mono<Void> use(Read read) {
        Mono<Void> change =
                read.routes.definitions().equals(state.current().routes().definitions())
                        ? Mono.fromRunnable(() -> state.confirm(read.routes, read.needRestart))
                        : replace(read);
        List<String> before = state.current().needRestart();
        return change.then(Mono.fromRunnable(() -> {
            watched = read.files;
            if (!read.needRestart.isEmpty() && !read.needRestart.equals(before)) {
                log.warn("Changes of these properties are in force only after a restart: {}", read.needRestart);
            }
        }));
    }

    private Mono<Void> replace(Read read) {
        Mono<Void> prepared = Flux.fromIterable(preparations)
                .concatMap(each -> each.prepare(read.routes.definitions()))
                .then();
        return creation.check(read.routes)
                .then(prepared)
                .then(replacement.replace(read.routes.definitions()))
                .then(Mono.fromRunnable(() -> state.apply(read.routes, read.needRestart)));
    }

    private void refuse(Throwable failure) {
        String message = failure instanceof ConfigurationException mistake
                ? (mistake.description() + " " + mistake.action()).replaceAll("\\s+", " ")
                : "The configuration files cannot be used: " + reason(failure) + ".";
        if (state.refuse(message)) {
            log.error("The changed configuration files are refused, and the routes stay as they are. {}", message);
        }
    }

    /** The message of an unexpected failure may quote a value. That of a store has none. */
    private static String reason(Throwable failure) {
        return RootCause.isStoreFailure(failure)
                ? RootCause.describe(failure)
                : RootCause.of(failure).getClass().getSimpleName();
    }
}
