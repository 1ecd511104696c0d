package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Writes the exact response bytes that a test specifies, legal or not, and keeps its connections open. */
final class ScriptedService implements AutoCloseable {
    /** Answers one request. */
    @FunctionalInterface
    interface Script {
        void respond(Request request, Wire wire) throws Exception;
    }

    /**
     * Holds a received request.
     *
     * @param headers the headers by their lower-case names
     * @param number the position of the request on its connection, from 1
     */
    record Request(String method, String path, Map<String, String> headers, String body, int number) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private final ServerSocket server;
    private final Script script;
    private final boolean lasting;
    private final Queue<Wire> wires = new ConcurrentLinkedQueue<>();

    private ScriptedService(ServerSocket server, Script script, boolean lasting) {
        this.server = server;
        this.script = script;
        this.lasting = lasting;
    }

    static ScriptedService start(Script script) {
        return start(script, false);
    }

    /** Starts a service that forgets connections that have ended, and asks for the body of a request that waits for {@code 100}. */
    static ScriptedService startLasting(Script script) {
        return start(script, true);
    }

    private static ScriptedService start(Script script, boolean lasting) {
        try {
            var service =
                    new ScriptedService(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), script, lasting);
            daemon(service::accept);
            return service;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String uri() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Returns all connections so far in the order of their opening, closed ones included. */
    Queue<Wire> wires() {
        return wires;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                Wire wire = new Wire(socket, lasting);
                wires.add(wire);
                daemon(() -> serve(wire));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "scripted");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Wire wire) {
        try (wire) {
            Request request;
            for (int number = 1; (request = wire.readRequest(number)) != null; number++) {
                script.respond(request, wire);
            }
        } catch (Exception e) {
            // The gateway has closed the connection, which many tests cause on purpose.
            return;
        } finally {
            if (lasting) {
                wires.remove(wire);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Wire wire : wires) {
            wire.close();
        }
    }

    /** One connection. */
    static final class Wire implements AutoCloseable {
        private final Socket socket;
        private final InputStream input;
        private final boolean continues;

        Wire(Socket socket, boolean continues) throws IOException {
            this.socket = socket;
            this.continues = continues;
            this.input = new BufferedInputStream(socket.getInputStream());
        }

        /** Writes the text with one system call. */
        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        }

        int read() throws IOException {
            return input.read();
        }

        /** Returns the stream of the bytes behind the last request. */
        InputStream input() {
            return input;
        }

        /** Returns the connection, whose input must be read from {@link #input()}. */
        Socket socket() {
            return socket;
        }

        /** Sends back each byte up to the end of the connection. */
        void echo() throws IOException {
            input.transferTo(socket.getOutputStream());
        }

        void halfClose() throws IOException {
            socket.shutdownOutput();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Writes the text unless the connection has been closed by either side. */
        void trySend(String text) {
            try {
                send(text);
            } catch (IOException e) {
                return;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        /** Returns the next request, or {@code null} at the end of the connection. */
        private @Nullable Request readRequest(int number) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
                int next = input.read();
                if (next < 0) {
                    return null;
                }
                head.append((char) next);
            }
            String[] lines = head.toString().split("\r\n", -1);
            Map<String, String> headers = new HashMap<>();
            // The head ends with an empty line.
            for (int i = 1; i < lines.length - 2; i++) {
                String[] header = lines[i].split(":", 2);
                headers.put(header[0].toLowerCase(Locale.ROOT), header[1].strip());
            }
            if (continues && headers.containsKey("expect")) {
                send("HTTP/1.1 100 Continue\r\n\r\n");
            }
            String[] line = lines[0].split(" ", 3);
            return new Request(line[0], line[1], headers, readBody(headers), number);
        }

        private String readBody(Map<String, String> headers) throws IOException {
            if (headers.containsKey("transfer-encoding")) {
                StringBuilder body = new StringBuilder();
                for (int size; (size = Integer.parseInt(readLine(), 16)) > 0; readLine()) {
                    body.append(new String(input.readNBytes(size), ISO_8859_1));
                }
                readLine();
                return body.toString();
            }
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            return new String(input.readNBytes(length), ISO_8859_1);
        }

        private String readLine() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next; (next = input.read()) >= 0 && next != '\n'; ) {
                line.append((char) next);
            }
            return line.toString().strip();
        }
    }
}
