package io.portcullis.ship;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The nginx of {@code compose.cluster.yaml}, with both of its gateways at one port of this machine. */
record Nginx(Process process, int port) implements AutoCloseable {
    /** Says whether the program is installed. */
    static boolean isInstalled() {
        return program().isPresent();
    }

    private static Optional<Path> program() {
        return Stream.of("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts nginx with {@code docker/cluster/nginx.conf}, and waits until it accepts connections. */
    static Nginx start(Path directory, int gateway) throws IOException {
        int port = Ports.free();
        Path files = Files.createTempDirectory(directory, "nginx-");
        String server = Files.readString(Path.of("../docker/cluster/nginx.conf"))
                .replaceAll("gateway-[12]:8080", "127.0.0.1:" + gateway)
                .replace("listen 8080;", "listen 127.0.0.1:" + port + ";");
        Path configuration = Files.writeString(files.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/pid;
                error_log %1$s/error.log;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  %2$s
                }
                """.formatted(files, server));
        Path output = files.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        program().orElseThrow().toString(), "-c", configuration.toString(), "-p", files.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Await.until("nginx has started: " + output, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("nginx refused its configuration: " + Files.readString(output));
            }
            return accepts(port);
        });
        return new Nginx(process, port);
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
    }
}
