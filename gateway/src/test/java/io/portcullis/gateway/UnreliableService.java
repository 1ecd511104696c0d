package io.portcullis.gateway;

import java.util.concurrent.TimeUnit;

/**
 * The script of a service that fails as its caller says. The last segment of the path is the id of the request, with which each response
 * and each line of it is marked; the segment before it is the {@link Ending}.
 */
final class UnreliableService {
    /** Longer than the response timeout of the routes to the service. */
    private static final long STALL_MILLIS = 3_000;

    private static final int SMALL = 20;
    private static final int LARGE = 100_000;

    /** How the service answers. */
    enum Ending {
        WHOLE,
        CHUNKED,
        LARGE,
        UNTIL_CLOSE,
        INTERIM,
        /** Two responses to one request. */
        TWICE,
        CUT_HEAD,
        CUT_BODY,
        CUT_CHUNK,
        RESET_BODY,
        CLOSE,
        RESET,
        /** A response after the gateway has given up. */
        LATE,
        EVENTS,
        /** The bytes of a WebSocket, sent back until the client sends an X. */
        ECHO;

        /** Returns the path of a request. */
        String path(String prefix, String id) {
            return prefix + "/" + name() + "/" + id;
        }
    }

    private UnreliableService() {}

    static void respond(ScriptedService.Request request, ScriptedService.Wire wire) throws Exception {
        String[] segments = request.path().split("/", -1);
        String id = segments[segments.length - 1];
        String line = id + "\n";
        String head = "HTTP/1.1 200 OK\r\nX-Id: " + id + "\r\n";
        String small = sized(head, line.repeat(SMALL));
        switch (Ending.valueOf(segments[segments.length - 2])) {
            case WHOLE -> wire.send(small);
            case CHUNKED -> {
                wire.send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(line));
                wire.send(chunk(line.repeat(SMALL)) + "0\r\n\r\n");
            }
            case LARGE -> wire.send(sized(head, line.repeat(LARGE)));
            case UNTIL_CLOSE -> end(wire, head + "Connection: close\r\n\r\n" + line.repeat(SMALL));
            case INTERIM -> wire.send("HTTP/1.1 103 Early Hints\r\nX-Id: " + id + "\r\n\r\n" + small);
            case TWICE -> wire.send(small + small);
            case CUT_HEAD -> end(wire, head + "Content-Le");
            case CUT_BODY -> end(wire, small.substring(0, small.length() - 5));
            case CUT_CHUNK -> end(wire, head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(line) + "1f\r\n" + line);
            case RESET_BODY -> {
                wire.send(small.substring(0, small.length() - 5));
                wire.reset();
            }
            case CLOSE -> wire.close();
            case RESET -> wire.reset();
            case LATE -> {
                TimeUnit.MILLISECONDS.sleep(STALL_MILLIS);
                wire.send(small);
            }
            case EVENTS -> sendEvents(wire, head, line);
            case ECHO -> echo(wire, id);
        }
    }

    private static String sized(String head, String body) {
        return head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static void end(ScriptedService.Wire wire, String response) throws Exception {
        wire.send(response);
        wire.close();
    }

    private static void sendEvents(ScriptedService.Wire wire, String head, String line) throws Exception {
        wire.send(head + "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 200; i++) {
            wire.send(chunk(line));
            TimeUnit.MILLISECONDS.sleep(5);
        }
        wire.send("0\r\n\r\n");
    }

    private static void echo(ScriptedService.Wire wire, String id) throws Exception {
        wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Id: " + id
                + "\r\n\r\n");
        for (int next; (next = wire.read()) >= 0 && next != 'X'; ) {
            wire.send(String.valueOf((char) next));
        }
        wire.reset();
    }
}
