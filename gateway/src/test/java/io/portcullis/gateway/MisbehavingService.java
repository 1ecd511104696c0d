package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts services whose responses the sample services cannot give. A damaged request gets no response, and does not end the service. */
final class MisbehavingService {
    /** The number of a response that breaks off after a third of its body. */
    static final int CUT = 999;

    private static final String CUT_RESPONSE =
            "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(100_000);

    private static final Logger log = LoggerFactory.getLogger(MisbehavingService.class);
    private static final Pattern REQUEST = Pattern.compile("\\w+ /odd/(\\d{1,3})");

    private MisbehavingService() {}

    /** Starts a service that answers {@code /odd/N} with the response of that number and closes the connection. */
    static ServerSocket start() {
        try {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(() -> serve(server), "odd");
            thread.setDaemon(true);
            thread.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                answer(socket);
            } catch (IOException e) {
                // The gateway has closed this connection, or the test the server.
                log.debug("no answer", e);
            }
        }
    }

    private static void answer(Socket socket) throws IOException {
        // A connection without a request must not keep the following ones waiting.
        socket.setSoTimeout(5_000);
        byte[] request = new byte[8_192];
        int length = socket.getInputStream().read(request);
        Matcher line = REQUEST.matcher(new String(request, 0, Math.max(0, length), ISO_8859_1));
        int number =
                line.lookingAt() ? Integer.parseInt(line.group(1)) : responses().size();
        if (number == CUT || number < responses().size()) {
            String response = number == CUT ? CUT_RESPONSE : responses().get(number);
            socket.getOutputStream().write(response.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
        }
    }

    static List<String> responses() {
        String ok = "HTTP/1.1 200 OK\r\n";
        String large = "x".repeat(100_000);
        return List.of(
                ok + "Content-Length: 3\r\n\r\nabc",
                ok + "Content-Length: 0\r\n\r\n",
                ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                ok + "Connection: close\r\n\r\nuntil the end",
                ok + "Content-Length: 100000\r\n\r\n" + large,
                ok + "Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nX-Two: 1\r\nX-Two: 2\r\n"
                        + "Content-Length: 1\r\n\r\na",
                ok + "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 1\r\n\r\na",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n",
                "HTTP/1.1 299 Odd\r\nContent-Length: 1\r\n\r\na",
                "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnone",
                "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
                ok + "Content-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: 1\n\n",
                ok + "Content-Type: no type\r\nContent-Length: 1\r\n\r\na",
                ok + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u001f\u008b",
                ok + "Access-Control-Allow-Origin: *\r\nVary: Accept\r\nContent-Length: 1\r\n\r\na",
                "nonsense\r\n\r\n",
                ok + "Content-Length: nonsense\r\n\r\n",
                "",
                ok + "x-identity-TOKEN: returned\r\nX-Other: 1\r\nContent-Length: 1\r\n\r\na",
                ok + "Clear-Site-Data: \"cookies\"\r\nClear-Site-Data: \"*\"\r\nContent-Length: 1\r\n\r\na",
                ok
                        + "Set-Cookie: portcullis_access=x; Path=/\r\n"
                        + "Set-Cookie: __HOST-portcullis_refresh = y\r\n"
                        + "Set-Cookie: a=1\r\n"
                        + "Set-Cookie: =portcullis_refresh=z\r\n"
                        + "set-cookie:portcullis_access;Max-Age=0\r\n"
                        + "Content-Length: 1\r\n\r\n"
                        + "a");
    }
}
