package io.portcullis.bench.world;

import io.portcullis.bench.process.ChildProcess;
import io.portcullis.bench.process.Executables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An nginx process in the foreground, with its own configuration and directory; it does not use the system service.
 *
 * @param executable the program
 */
public record Nginx(Path executable) {
    private static final List<String> MODULE_DIRECTORIES =
            List.of("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/local/lib/nginx/modules");
    private static final Path LUA_REDIS = Path.of("/usr/share/lua/5.1/nginx/redis.lua");

    private static final String CONFIGURATION = """
            %1$s
            %2$s
            daemon off;
            pid nginx.pid;
            error_log stderr warn;
            worker_processes 2;
            worker_rlimit_nofile 16384;
            events { worker_connections 8192; }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              tcp_nodelay on;
              keepalive_timeout 75s;
              keepalive_requests 1000000000;
              client_max_body_size 16m;
              client_body_buffer_size 256k;
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
            %3$s
            }
            """;

    /** Returns the nginx of this machine, empty if it is not installed. */
    public static Optional<Nginx> find() {
        return Executables.find("nginx").map(Nginx::new);
    }

    /** Returns the configuration lines that load Lua, empty unless Lua and its Redis client are installed. */
    public static Optional<String> lua() {
        return MODULE_DIRECTORIES.stream()
                .map(Path::of)
                .filter(directory -> Files.exists(directory.resolve("ngx_http_lua_module.so")))
                .filter(directory -> Files.exists(LUA_REDIS))
                .map(directory -> Stream.of("ndk_http_module.so", "ngx_http_lua_module.so")
                        .map(directory::resolve)
                        .filter(Files::exists)
                        .map("load_module %s;\n"::formatted)
                        .reduce("", String::concat))
                .findFirst();
    }

    /** Starts nginx without additional modules. */
    public ChildProcess start(String name, Path directory, String http) {
        return start(name, directory, "", http);
    }

    /**
     * Starts nginx.
     *
     * @param modules the configuration lines that load modules
     * @param http the content of the {@code http} block in addition to the common settings
     */
    public ChildProcess start(String name, Path directory, String modules, String http) {
        // If started by root, nginx would run its workers as a user who cannot read the directory.
        String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
        try {
            Path file =
                    Files.writeString(directory.resolve("nginx.conf"), CONFIGURATION.formatted(modules, user, http));
            List<String> command =
                    List.of(executable.toString(), "-p", directory.toString(), "-e", "stderr", "-c", file.toString());
            return ChildProcess.start(name, directory, command, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
