package io.portcullis.bench.world;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Measures the round trip to Redis with a blocking client on one connection. */
public final class RedisRoundTrip {
    private static final int WARM_UP = 20_000;
    private static final int MEASUREMENTS = 20_000;
    private static final int LONGEST_LINE = 64;

    private RedisRoundTrip() {}

    /**
     * Returns the median time of many {@code GET} commands, in microseconds.
     *
     * @param token a live token, whose entry is read
     */
    public static double medianMicros(Stores stores, String token) {
        byte[] get = "GET bench:token:%s\r\n".formatted(token).getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket(stores.redis().host(), stores.redis().port())) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream());
            double[] micros = new double[MEASUREMENTS];
            for (int i = -WARM_UP; i < MEASUREMENTS; i++) {
                long from = System.nanoTime();
                roundTrip(get, socket.getOutputStream(), in);
                micros[Math.max(i, 0)] = (System.nanoTime() - from) / 1e3;
            }
            Arrays.sort(micros);
            return micros[MEASUREMENTS / 2];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void roundTrip(byte[] get, OutputStream out, InputStream in) throws IOException {
        out.write(get);
        String head = line(in);
        if (!head.startsWith("$") || head.equals("$-1")) {
            throw new IllegalStateException("no entry of the token in Redis: " + head);
        }
        in.skipNBytes(Integer.parseInt(head.substring(1)) + 2L);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder(LONGEST_LINE);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("Redis closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
