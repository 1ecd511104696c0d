package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses of the fast path that are under way when a node stops. */
@Timeout(300)
@Tag("database-independent")
class ShutdownResponseIT {
    private static final GatewayNode other = GatewayNode.shared();
    private static final String PASSWORD = "some-demo-pass";

    private static void respond(ScriptedService.Request request, ScriptedService.Wire wire) throws Exception {
        if (request.path().startsWith("/s/chunks")) {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            TimeUnit.MILLISECONDS.sleep(4_000);
            wire.send("4\r\nlast\r\n0\r\n\r\n");
        } else {
            int size = Integer.parseInt(request.path().replaceAll(".*/", ""));
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));
        }
    }

    private static GatewayProcess node(ScriptedService service) throws Exception {
        return GatewayProcess.start(new Routes().add("/s/**", service.uri()).arguments());
    }

    private static String login() throws Exception {
        String user = "user-" + UUID.randomUUID();
        other.createAccount(user, PASSWORD, "user");
        return other.login(user, PASSWORD).get("accessToken").asString();
    }

    @Test
    void chunkedResponseWhenTheNodeStopsThenIsSentToItsEnd() throws Exception {
        try (ScriptedService service = ScriptedService.start(ShutdownResponseIT::respond);
                GatewayProcess node = node(service);
                Socket client = new Socket("localhost", node.uri("/").getPort())) {
            client.getOutputStream()
                    .write(("GET /s/chunks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + login() + "\r\n\r\n")
                            .getBytes(ISO_8859_1));
            InputStream in = client.getInputStream();
            byte[] buffer = new byte[8192];
            StringBuilder text = new StringBuilder();
            while (text.indexOf("first") < 0) {
                text.append(new String(buffer, 0, in.read(buffer), ISO_8859_1));
            }
            node.terminate();
            client.setSoTimeout(30_000);
            try {
                for (int n; (n = in.read(buffer)) >= 0; ) {
                    text.append(new String(buffer, 0, n, ISO_8859_1));
                }
            } catch (IOException e) {
                text.append(e);
            }
            assertThat(text.toString()).contains("last\r\n0\r\n\r\n");
        }
    }

    /** The service has sent all of them long ago; what the clients have not taken waits in the gateway. */
    @Test
    void responsesWhenTheirClientsReadAfterTheStopThenAreSentToTheirEnd() throws Exception {
        List<Socket> clients = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        try (ScriptedService service = ScriptedService.start(ShutdownResponseIT::respond);
                GatewayProcess node = node(service)) {
            String token = login();
            for (int size = 1_500_000; size < 6_500_000; size += 150_000) {
                Socket client = new Socket();
                client.setReceiveBufferSize(16_384);
                client.connect(new InetSocketAddress("localhost", node.uri("/").getPort()));
                client.getOutputStream()
                        .write(("GET /s/large/" + size + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token
                                        + "\r\n\r\n")
                                .getBytes(ISO_8859_1));
                clients.add(client);
                sizes.add(size);
            }
            TimeUnit.MILLISECONDS.sleep(2_500);
            node.terminate();
            TimeUnit.MILLISECONDS.sleep(1_500);
            List<String> cut = new ArrayList<>();
            byte[] buffer = new byte[65_536];
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).setSoTimeout(30_000);
                int received = 0;
                String end = "";
                try {
                    InputStream in = clients.get(i).getInputStream();
                    for (int n; (n = in.read(buffer)) >= 0; ) {
                        received += n;
                    }
                } catch (IOException e) {
                    end = e.toString();
                }
                if (received < sizes.get(i)) {
                    cut.add(sizes.get(i) + ": " + received + " " + end);
                }
            }
            assertThat(cut).isEmpty();
        } finally {
            for (Socket each : clients) {
                each.close();
            }
        }
    }
}
