package io.portcullis.bench.subject;

import io.portcullis.bench.process.ChildProcess;
import io.portcullis.bench.process.FreePort;
import io.portcullis.bench.world.Nginx;
import io.portcullis.bench.world.Readiness;
import io.portcullis.bench.world.Tls;
import io.portcullis.bench.world.Upstream;
import io.portcullis.bench.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Starts each subject as a separate process on a free port.
 *
 * @param routes the number of routes in the route file; requests use the last one
 * @param tls the key with which the subjects serve TLS, null for plain HTTP
 */
public record Launcher(
        World world, Jvm jvm, int routes, @Nullable Tls tls) {
    private static final String BARE_PROXY = "io.portcullis.bench.bare.BareProxy";
    /** The first administrator, who is used to measure logins. */
    public static final String USERNAME = "admin";

    public static final String PASSWORD = "bench-demo-pass";

    /** Creates a launcher of subjects that serve plain HTTP. */
    public Launcher(World world, Jvm jvm, int routes) {
        this(world, jvm, routes, null);
    }

    /** Starts a subject. Waits until it proxies a request with a live token. */
    public RunningSubject start(Subject subject) {
        var ports = new RunningSubject.Ports(FreePort.find(), FreePort.find());
        String token = world.tokens().first();
        RunningSubject decider = subject == Subject.NGINX_DECISION ? startDecider() : null;
        ChildProcess process = launch(subject, ports, decider);
        RunningSubject running = new RunningSubject(subject, process, ports, tls != null, decider);
        try {
            Readiness readiness = tls == null ? Readiness.PLAIN : Readiness.trusting(tls);
            readiness.await(process, running.origin(), Upstream.SMALL, token);
            return running;
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
    }

    /** Starts a gateway that another proxy asks. It serves plain HTTP: both are on one machine. */
    private RunningSubject startDecider() {
        var ports = new RunningSubject.Ports(FreePort.find(), FreePort.find());
        ChildProcess process = new Launcher(world, jvm, routes).portcullis(world.subdirectory("decider"), ports);
        var running = new RunningSubject(Subject.PORTCULLIS, process, ports, false, null);
        try {
            Readiness.PLAIN.await(
                    process, running.origin(), Upstream.SMALL, world.tokens().first());
            return running;
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
    }

    private ChildProcess launch(Subject subject, RunningSubject.Ports ports, @Nullable RunningSubject decider) {
        int port = ports.server();
        Path directory = world.subdirectory(subject.label());
        return switch (subject) {
            case PORTCULLIS -> portcullis(directory, ports);
            case STOCK -> spring(subject, directory, world.artifacts().stock(), arguments(directory, ports), Map.of());
            case RESOURCE_SERVER -> {
                List<String> arguments = arguments(directory, ports);
                arguments.addAll(redis());
                yield spring(subject, directory, world.artifacts().resourceServer(), arguments, Map.of());
            }
            case NETTY -> bare(subject, directory, List.of(Integer.toString(port), upstreamPort()));
            case NETTY_REDIS -> bare(subject, directory, List.of(Integer.toString(port), upstreamPort(), redisPort()));
            case NGINX ->
                nginx(
                        directory,
                        "",
                        NginxProxy.plain(listen(port), world.upstream().port()),
                        subject);
            case NGINX_LUA ->
                nginx(
                        directory,
                        Nginx.lua().orElseThrow(),
                        NginxProxy.checked(
                                listen(port),
                                world.upstream().port(),
                                world.stores().redis().port()),
                        subject);
            case NGINX_DECISION ->
                nginx(
                        directory,
                        "",
                        NginxProxy.decided(
                                listen(port),
                                world.upstream().port(),
                                Objects.requireNonNull(decider, "decider").port()),
                        subject);
        };
    }

    private ChildProcess portcullis(Path directory, RunningSubject.Ports ports) {
        var database = world.stores().database();
        List<String> arguments = arguments(directory, ports);
        arguments.addAll(redis());
        arguments.add("--spring.r2dbc.url=" + database.r2dbcUrl());
        arguments.addAll(jvm.portcullisArguments());
        Map<String, String> environment = Map.of(
                "SPRING_R2DBC_USERNAME", database.username(),
                "SPRING_R2DBC_PASSWORD", database.password(),
                "PORTCULLIS_TOKEN_KEYS_0", world.stores().encodedKey(),
                "PORTCULLIS_BOOTSTRAPADMIN_USERNAME", USERNAME,
                "PORTCULLIS_BOOTSTRAPADMIN_PASSWORD", PASSWORD);
        return spring(Subject.PORTCULLIS, directory, portcullisJar(), arguments, environment);
    }

    /** Returns the configured JAR of Portcullis, by default the one of this build. */
    public Path portcullisJar() {
        Path given = jvm.portcullisJar();
        return given == null ? world.artifacts().portcullis() : given;
    }

    private ChildProcess spring(
            Subject subject, Path directory, Path jar, List<String> arguments, Map<String, String> environment) {
        return ChildProcess.start(
                subject.label(), directory, jvm.java().jar(jar, jvm.flags(subject), arguments), environment);
    }

    private ChildProcess bare(Subject subject, Path directory, List<String> arguments) {
        return ChildProcess.start(
                subject.label(), directory, jvm.java().main(BARE_PROXY, jvm.flags(subject), arguments), Map.of());
    }

    private ChildProcess nginx(Path directory, String modules, String http, Subject subject) {
        return Nginx.find().orElseThrow().start(subject.label(), directory, modules, http);
    }

    private List<String> arguments(Path directory, RunningSubject.Ports ports) {
        Path file = directory.resolve("routes.yaml");
        write(file, RouteFile.of(routes, world.upstream().uri()));
        List<String> arguments = new ArrayList<>(List.of(
                "--server.address=127.0.0.1",
                "--server.port=" + ports.server(),
                "--management.server.address=127.0.0.1",
                "--management.server.port=" + ports.management(),
                "--spring.config.additional-location=file:" + file));
        if (tls != null) {
            arguments.add("--server.ssl.certificate=file:" + tls.certificate());
            arguments.add("--server.ssl.certificate-private-key=file:" + tls.privateKey());
            arguments.add("--server.ssl.enabled-protocols=" + Tls.PROTOCOL);
            arguments.add("--server.ssl.ciphers=" + Tls.CIPHER);
        }
        return arguments;
    }

    private String listen(int port) {
        return tls == null ? NginxProxy.listen(port) : NginxProxy.listenWithTls(port, tls);
    }

    private List<String> redis() {
        return List.of("--spring.data.redis.host=127.0.0.1", "--spring.data.redis.port=" + redisPort());
    }

    private String redisPort() {
        return Integer.toString(world.stores().redis().port());
    }

    private String upstreamPort() {
        return Integer.toString(world.upstream().port());
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
