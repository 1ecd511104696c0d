package io.portcullis.core.r2dbc.pool;

import io.portcullis.core.r2dbc.MySqlUrl;
import io.portcullis.core.r2dbc.ServerAddress;
import io.portcullis.core.r2dbc.ServerState;
import io.portcullis.core.reactive.BackgroundWork;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The servers of a {@link MySqlUrl}, and which of them takes the writes. All pools of a node share one instance, so that they use the same
 * server at any time.
 *
 * <p>With several servers it asks each of them for its role twice a second, on one connection to each, and at once when a connection of a pool
 * reports an error that indicates a change. {@link WriterChoice} decides. With one server it asks nothing and costs nothing.
 */
public final class MySqlServers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MySqlServers.class);

    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final Duration MIN_PAUSE = Duration.ofMillis(50);
    private static final Duration QUERY_LIMIT = Duration.ofMillis(1500);

    private final MySqlUrl url;
    /** Never becomes false again. */
    private volatile boolean galera;

    private List<ServerAddress> loggedRivals = List.of();
    private List<ServerAddress> loggedBarred = List.of();
    private final Map<ServerAddress, ServerProbe> probes = new LinkedHashMap<>();
    private final Map<ServerAddress, ServerChangeDetector> changes = new HashMap<>();
    private final WriterChoice choice;
    private final Sinks.Many<Boolean> suspicions = Sinks.many().multicast().directBestEffort();
    private final List<Consumer<ServerAddress>> listeners = new CopyOnWriteArrayList<>();
    private final Disposable.Swap running = Disposables.swap();
    /** Null while no server takes writes. */
    private volatile @Nullable ServerAddress writer;

    private MySqlServers(MySqlUrl url, MySqlTimeouts timeouts, boolean galera) {
        this.url = url;
        this.galera = galera;
        this.choice = new WriterChoice(url.servers());
        url.servers().forEach(server -> changes.put(server, new ServerChangeDetector(this::suspect)));
        if (url.hasSeveralServers()) {
            url.servers()
                    .forEach(server -> probes.put(
                            server,
                            new ServerProbe(
                                    MySqlConnectionPools.driver(url.optionsOf(server), timeouts, QUERY_LIMIT),
                                    timeouts.connect(),
                                    QUERY_LIMIT)));
        } else {
            writer = url.servers().get(0);
        }
    }

    /**
     * Creates the servers of a URL, and begins to ask several ones for their roles.
     *
     * @param url an R2DBC URL such as {@code r2dbc:mysql://host:3306/database?sslMode=REQUIRED}
     * @param galera whether the servers are nodes of a Galera cluster
     * @throws IllegalArgumentException if the URL is not valid
     */
    public static MySqlServers start(
            String url, String username, String password, MySqlTimeouts timeouts, boolean galera) {
        MySqlUrl parsed = MySqlUrl.parse(url);
        ConnectionFactoryOptions options = parsed.options()
                .mutate()
                .option(ConnectionFactoryOptions.USER, username)
                .option(ConnectionFactoryOptions.PASSWORD, password)
                .build();
        MySqlServers servers = new MySqlServers(new MySqlUrl(options, parsed.servers()), timeouts, galera);
        if (parsed.hasSeveralServers()) {
            boolean unused = servers.running.update(BackgroundWork.start("MySQL server choice", servers.watchAll()));
        }
        return servers;
    }

    private Mono<Void> watchAll() {
        return Flux.fromIterable(probes.entrySet())
                .flatMap(probe -> watch(probe.getKey(), probe.getValue()), probes.size())
                .then();
    }

    /** Each server has a loop of its own, so that one that does not respond does not delay the others. */
    private Mono<Void> watch(ServerAddress server, ServerProbe probe) {
        return probe.look()
                .doOnNext(state -> record(server, state))
                // Without this loop the node would stay with its server for ever.
                .onErrorResume(failure -> {
                    log.error("Cannot act on the state of MySQL server {}; it is asked again", server, failure);
                    return Mono.empty();
                })
                .then(Mono.defer(() -> Mono.firstWithSignal(
                        Mono.delay(INTERVAL), suspicions.asFlux().next().delayElement(MIN_PAUSE))))
                .repeat()
                .then();
    }

    private synchronized void record(ServerAddress server, ServerState state) {
        ServerAddress before = writer;
        choice.record(server, state);
        ServerAddress now = choice.writer();
        writer = now;
        if (!Objects.equals(before, now)) {
            logChange(now);
        }
        logRivals(now);
        logBarred();
        galera = galera || choice.isOfCluster(server);
        if (now != null) {
            url.servers().stream()
                    .filter(other -> !other.equals(now) && choice.isLost(other))
                    .forEach(lost -> listeners.forEach(listener -> listener.accept(lost)));
        }
    }

    private void logChange(@Nullable ServerAddress now) {
        if (now != null) {
            log.info("MySQL server {} takes the writes: {}", now, choice.describe());
        } else if (choice.rivals().isEmpty()) {
            log.warn("No MySQL server takes writes: {}", choice.describe());
        } else {
            log.error(
                    "More than one MySQL server takes writes; none is used until all but one are read-only: {}",
                    choice.describe());
        }
    }

    /** Logs once for each server that came back as a second writer. */
    private void logRivals(@Nullable ServerAddress now) {
        List<ServerAddress> rivals = now == null ? List.of() : choice.rivals();
        if (!rivals.isEmpty() && !rivals.equals(loggedRivals)) {
            log.error(
                    "MySQL servers {} take writes, too, and must be made read-only; the gateway uses only {}",
                    rivals,
                    now);
        }
        loggedRivals = rivals;
    }

    /** Logs once for each server that is not used until somebody has decided for it. */
    private void logBarred() {
        List<ServerAddress> barred = choice.barred();
        if (!barred.isEmpty() && !barred.equals(loggedBarred)) {
            log.error(
                    "MySQL servers {} take writes and may lack those of a server that does not respond; to use one, set read_only = 1"
                            + " there for 5 s, or remove the other from spring.r2dbc.url: {}",
                    barred,
                    choice.describe());
        }
        loggedBarred = barred;
    }

    /** Returns the server that takes the writes; null while there is none. */
    @Nullable
    ServerAddress writer() {
        return writer;
    }

    /** Returns whether connections to this server may be used. */
    boolean isWriter(ServerAddress server) {
        return server.equals(writer);
    }

    /** Returns the detector that all pools share for this server: an error of one pool's connection retires the connections of the other pools. */
    ServerChangeDetector changes(ServerAddress server) {
        return Objects.requireNonNull(changes.get(server), () -> "changes of " + server);
    }

    /** Returns all servers, with their roles if there are several. */
    synchronized String describe() {
        return choice.describe();
    }

    /** Asks for the roles at once, because a connection reported that its server may have changed. */
    void suspect() {
        var unused = suspicions.tryEmitNext(true);
    }

    /** Adds an action that is run with each server that does not respond while another one takes the writes. It must not block, and is
     * run repeatedly. */
    void onLost(Consumer<ServerAddress> listener) {
        listeners.add(listener);
    }

    MySqlUrl url() {
        return url;
    }

    /** Returns whether the servers are nodes of a Galera cluster. */
    boolean areGalera() {
        return galera;
    }

    @Override
    public void close() {
        running.dispose();
        var unused = BackgroundWork.start(
                "end of the MySQL server choice",
                Flux.fromIterable(probes.values()).flatMap(ServerProbe::close).then());
    }
}
