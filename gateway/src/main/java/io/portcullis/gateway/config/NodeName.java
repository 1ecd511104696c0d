package io.portcullis.gateway.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * The name of this node in the samples: that of its host or container, and the port. No name is resolved, because that may take long. The
 * value is at most 64 ASCII characters.
 */
final class NodeName {
    private static final int MAX_HOST = 58;
    private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

    private final Environment environment;
    private volatile @Nullable String known;

    NodeName(Environment environment) {
        this.environment = environment;
    }

    /** Returns the name. Call it when the server listens. The first call may read a file, so it blocks. */
    String value() {
        String read = known;
        if (read == null) {
            read = of(host(), environment.getProperty("local.server.port", ""));
            known = read;
        }
        return read;
    }

    /** Containers have {@code HOSTNAME}, Windows has {@code COMPUTERNAME}. */
    private String host() {
        String given = environment.getProperty("HOSTNAME", environment.getProperty("COMPUTERNAME", ""));
        if (!given.isBlank()) {
            return given;
        }
        try {
            return Files.readString(KERNEL_NAME);
        } catch (IOException e) {
            return "";
        }
    }

    static String of(String host, String port) {
        String plain = host.strip().replaceAll("[^A-Za-z0-9._-]", "_");
        String name = plain.isEmpty() ? "gateway" : plain.substring(0, Math.min(MAX_HOST, plain.length()));
        return port.isEmpty() ? name : name + ":" + port;
    }
}
