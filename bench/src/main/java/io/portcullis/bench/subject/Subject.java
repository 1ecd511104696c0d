package io.portcullis.bench.subject;

import io.portcullis.bench.process.Executables;
import io.portcullis.bench.world.Nginx;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The proxies and gateways that the benchmark compares. */
public enum Subject {
    PORTCULLIS("portcullis", Platform.SPRING, true, "the packaged gateway with the settings of a production route"),
    STOCK("stock", Platform.SPRING, false, "unmodified Spring Cloud Gateway, no check"),
    RESOURCE_SERVER("resource-server", Platform.SPRING, true, "the same with Spring Security's opaque tokens in Redis"),
    NETTY("netty", Platform.JVM, false, "a bare reactor-netty proxy, no check"),
    NETTY_REDIS("netty-redis", Platform.JVM, true, "the same with a GET on raw Lettuce"),
    NGINX("nginx", Platform.NGINX, false, "a plain proxy"),
    NGINX_LUA("nginx-lua", Platform.NGINX, true, "the same with a GET in Lua"),
    NGINX_DECISION(
            "nginx-decision",
            Platform.NGINX,
            true,
            "the same with auth_request to the decision endpoint of Portcullis");

    /** The baseline of all ratios. */
    public static final Subject BASELINE = STOCK;

    private final String label;
    private final Platform platform;
    private final boolean checks;
    private final String description;

    Subject(String label, Platform platform, boolean checks, String description) {
        this.label = label;
        this.platform = platform;
        this.checks = checks;
        this.description = description;
    }

    /** Returns the name on the command line and in the tables. */
    public String label() {
        return label;
    }

    public String description() {
        return description;
    }

    /** Returns whether the subject refuses requests without a live token. */
    public boolean checks() {
        return checks;
    }

    public boolean isJvm() {
        return platform != Platform.NGINX;
    }

    /** Returns whether the benchmark can configure the subject to serve TLS. */
    public boolean servesTls() {
        return platform != Platform.JVM;
    }

    /** Returns whether the subject uses the route file. */
    public boolean hasRoutes() {
        return platform == Platform.SPRING;
    }

    /** Returns the command that installs the missing programs, empty if the subject can run on this machine. */
    public Optional<String> missing() {
        if (isJvm()) {
            return Optional.empty();
        }
        if (Executables.find("nginx").isEmpty()) {
            return Optional.of("apt-get install -y nginx");
        }
        return this == NGINX_LUA && Nginx.lua().isEmpty()
                ? Optional.of("apt-get install -y libnginx-mod-http-lua lua-nginx-redis lua-cjson")
                : Optional.empty();
    }

    /**
     * Returns the subject of a label.
     *
     * @throws IllegalArgumentException if there is none; the message lists all labels
     */
    public static Subject of(String label) {
        return Stream.of(values())
                .filter(subject -> subject.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("subject: %s (expected: %s)"
                        .formatted(
                                label, Stream.of(values()).map(Subject::label).collect(Collectors.joining(", ")))));
    }

    private enum Platform {
        SPRING,
        JVM,
        NGINX
    }
}
