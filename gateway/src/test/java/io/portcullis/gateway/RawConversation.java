package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client receives for bytes that it sends on one connection: the responses in their order, without interim ones.
 *
 * @param end how the connection ended: {@code closed}, {@code reset}, or {@code open} if the gateway waits for more bytes
 */
record RawConversation(List<RawResponse> responses, String end) {
    private static final String RESPONSE = "(?=HTTP/1\\.1 [1-5]\\d\\d )";

    /**
     * Sends the bytes in two parts, and reads until the gateway closes the connection or has been silent for the time.
     *
     * @param split the length of the first part
     */
    static RawConversation of(int port, byte[] bytes, int split, int silentMillis) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        String end;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(silentMillis);
            end = exchange(socket, bytes, split, received);
        }
        List<RawResponse> responses = new ArrayList<>();
        for (String response : received.toString(ISO_8859_1).split(RESPONSE, -1)) {
            if (!response.isEmpty() && !response.startsWith("HTTP/1.1 1")) {
                responses.add(RawResponse.read(new ByteArrayInputStream(response.getBytes(ISO_8859_1))));
            }
        }
        return new RawConversation(responses, end);
    }

    /**
     * Returns whether both are the same, as far as they were received. The gateway closes a connection after malformed bytes without reading
     * the rest, and then TCP may reset it, and lose responses that the client has not read.
     */
    boolean agreesWith(RawConversation other) {
        if (!isReset() && !other.isReset()) {
            return equals(other) || differsInTheMomentOfARefusal(other);
        }
        int received = Math.min(certain(), other.certain());
        return responses.subList(0, received).equals(other.responses.subList(0, received));
    }

    /**
     * Returns whether one conversation ends with a refusal in the place of the other's last response. A service may answer before it has the whole
     * body, so a body that is malformed behind its beginning is refused by a path that has read that far, and answered by one that has not.
     */
    private boolean differsInTheMomentOfARefusal(RawConversation other) {
        int last = responses.size() - 1;
        return end.equals("closed")
                && other.end.equals("closed")
                && last >= 0
                && other.responses.size() == responses.size()
                && responses.subList(0, last).equals(other.responses.subList(0, last))
                && isRefusal(responses.get(last)) != isRefusal(other.responses.get(last));
    }

    private static boolean isRefusal(RawResponse response) {
        return response.status().startsWith("HTTP/1.1 400 ");
    }

    private boolean isReset() {
        return end.equals("reset");
    }

    /** The number of responses that were received whole. */
    private int certain() {
        return isReset() ? Math.max(0, responses.size() - 1) : responses.size();
    }

    private static String exchange(Socket socket, byte[] bytes, int split, ByteArrayOutputStream received)
            throws IOException {
        try {
            socket.getOutputStream().write(bytes, 0, split);
            socket.getOutputStream().write(bytes, split, bytes.length - split);
            byte[] buffer = new byte[8192];
            for (int n; (n = socket.getInputStream().read(buffer)) >= 0; ) {
                received.write(buffer, 0, n);
            }
            return "closed";
        } catch (SocketTimeoutException e) {
            return "open";
        } catch (SocketException e) {
            return "reset";
        }
    }
}
