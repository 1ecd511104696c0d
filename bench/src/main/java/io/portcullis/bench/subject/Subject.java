package io.portcullis.bench.subject;

import io.portcullis.bench.process.Executables;
import io.portcullis.bench.world.Nginx;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is compared. */
public enum Subject {
    PORTCULLIS("portcullis", Platform.SPRING, true, "the packaged gateway, with all that a production route has"),
    STOCK("stock", Platform.SPRING, false, "Spring Cloud Gateway as it comes, no check"),
    RESOURCE_SERVER("resource-server", Platform.SPRING, true, "the same with Spring Security's opaque tokens in Redis"),
    NETTY("netty", Platform.JVM, false, "a bare reactor-netty proxy, no check"),
    NETTY_REDIS("netty-redis", Platform.JVM, true, "the same with a GET on raw Lettuce"),
    NGINX("nginx", Platform.NGINX, false, "a plain proxy"),
    NGINX_LUA("nginx-lua", Platform.NGINX, true, "the same with a GET in Lua");

    /** All ratios are to this one. */
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

    /** As on the command line and in the tables. */
    public String label() {
        return label;
    }

    public String description() {
        return description;
    }

    /** Whether it refuses requests without a live token. */
    public boolean checks() {
        return checks;
    }

    public boolean isJvm() {
        return platform != Platform.NGINX;
    }

    /** Whether it reads the routes' YAML. */
    public boolean hasRoutes() {
        return platform == Platform.SPRING;
    }

    /** Why it cannot run on this machine; empty when it can. */
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

    /** @throws IllegalArgumentException naming all there are */
    public static Subject of(String label) {
        return Stream.of(values())
                .filter(subject -> subject.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s is no subject (expected: %s)"
                        .formatted(
                                label, Stream.of(values()).map(Subject::label).collect(Collectors.joining(", ")))));
    }

    private enum Platform {
        SPRING,
        JVM,
        NGINX
    }
}
