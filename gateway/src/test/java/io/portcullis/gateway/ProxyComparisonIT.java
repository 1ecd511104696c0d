package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.testbed.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the gateway refuses every request that both nginx and haproxy refuse. */
@Tag("database-independent")
class ProxyComparisonIT {
    private static final RecordingService service = RecordingService.start();
    private static final InstalledProxies proxies = new InstalledProxies();

    @TempDir
    private static Path directory;

    private static int nginx;
    private static int haproxy;

    @BeforeAll
    static void startProxies() throws Exception {
        Optional<String> nginxFile = InstalledProxies.find("nginx");
        Optional<String> haproxyFile = InstalledProxies.find("haproxy");
        assumeTrue(nginxFile.isPresent() && haproxyFile.isPresent(), "nginx and haproxy are not both installed");
        nginx = Ports.free();
        haproxy = Ports.free();
        String nginxConfiguration = """
            daemon off; master_process off; pid %1$s/nginx.pid; error_log %1$s/nginx.log;
            events {}
            http {
              access_log off; client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi; uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
              server {
                listen 127.0.0.1:%2$d;
                large_client_header_buffers 4 16k;
                location / { proxy_pass http://127.0.0.1:%3$d; proxy_http_version 1.1; }
              }
            }
            """.formatted(directory, nginx, service.port());
        String haproxyConfiguration = """
            defaults
              mode http
              timeout connect 2s
              timeout client 10s
              timeout server 10s
            frontend all
              bind 127.0.0.1:%d
              default_backend service
            backend service
              server recording 127.0.0.1:%d
            """.formatted(haproxy, service.port());
        proxies.start(
                directory,
                List.of(nginxFile.get(), "-p", directory.toString(), "-c", write("nginx.conf", nginxConfiguration)));
        proxies.start(directory, List.of(haproxyFile.get(), "-db", "-f", write("haproxy.cfg", haproxyConfiguration)));
        InstalledProxies.awaitStart("nginx", directory, nginx);
        InstalledProxies.awaitStart("haproxy", directory, haproxy);
    }

    @AfterAll
    static void close() throws Exception {
        proxies.close();
        service.close();
    }

    private static String write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    @Test
    void requestWhenBothProxiesRefuseItThenTheGatewayDoes() throws Exception {
        List<String> lenient = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (RequestSuite.Case request : RequestSuite.cases()) {
            int first = status(nginx, request);
            int second = status(haproxy, request);
            boolean refused = isRefusal(first) && isRefusal(second);
            String line = "%s: gateway %d, nginx %d, haproxy %d".formatted(request, request.status(), first, second);
            all.add(line);
            if (refused && !isRefusal(request.status())) {
                lenient.add(line);
            }
        }

        Files.write(Path.of("target", "proxy-comparison.txt"), all);
        assertThat(lenient).as("all: " + String.join("\n", all)).isEmpty();
    }

    /** Returns the status of the response, or 0 if the connection is closed without a response. */
    private static int status(int port, RequestSuite.Case request) throws IOException {
        String response = RawHttp.head(port, request.bytes());
        return response.startsWith("HTTP/1.") ? Integer.parseInt(response.substring(9, 12)) : 0;
    }

    private static boolean isRefusal(int status) {
        return status == 0 || status >= 400;
    }
}
