package io.portcullis.gateway;

import static io.portcullis.gateway.RequestPath.FAST_PATH;
import static io.portcullis.gateway.RequestPath.FILTER_CHAIN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.RandomTexts;
import io.portcullis.testbed.Shrinking;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections with damaged, pipelined requests have the same responses on the fast path and in the filter chain, byte for byte the same
 * requests reach the service, and none with an identity of the client's choice.
 *
 * <p>Runs on demand: {@code -Dfuzz.minutes=30}. A body that is malformed behind its beginning is refused by a path that has read that far, and
 * answered by one that has not, so that a difference may be one of moments, and needs a reader. {@code -Dfuzz.seed} repeats a run.
 */
@EnabledIfSystemProperty(named = "fuzz.minutes", matches = "\\d+")
@Tag("database-independent")
class RawParityIT {
    private static final Logger log = LoggerFactory.getLogger(RawParityIT.class);
    private static final Duration SEARCH = Duration.ofMinutes(Integer.getInteger("fuzz.minutes", 1));
    private static final int CALLERS = 8;
    private static final int SILENT_MILLIS = 500;
    /** A difference counts only if a busy machine cannot be its cause. */
    private static final int LONG_SILENCE_MILLIS = 5_000;

    private static final int MAX_ATTEMPTS = 10;
    private static final int SHRINKING_RUNS = 60;
    private static final String LAST =
            "GET /public/echo/last HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n";

    /** What has a meaning in HTTP/1.1. */
    private static final RandomTexts CHANGES = RandomTexts.like(
                    "\r\n", "\n", "\r", "\0", "\t", " ", ":", ";", ",", "\"")
            .with("%", "%00", "%2F", "%5c..", "/../", "//", "\\", "?", "#", "@", "\u0080", "\u000b", "\u007f")
            .with("0\r\n\r\n", "5;x=y\r\nhello\r\n", "-1\r\n", " HTTP/1.0", " http/1.1")
            .with("Content-Length: 3\r\n", "Content-Length: +5\r\n", "Content-Length: 1, 1\r\n")
            .with(
                    "Transfer-Encoding: chunked\r\n",
                    "Transfer-Encoding : chunked\r\n",
                    "Transfer-Encoding: gzip, chunked\r\n")
            .with("Host: localhost\r\n", "Host: evil.example, localhost\r\n", "http://evil.example/public/echo/a")
            .with("Connection: close\r\n", "Connection: content-length, x-user-id\r\n", "Expect: 100-continue\r\n")
            .with("X-User-Id: evil\r\n", "X_User-Id: evil\r\n", "X-User-Id : evil\r\n", "X-User-Roles:\r\n evil\r\n")
            .with("\tevil folded\r\n", "Cookie: a=b; a=c\r\n", "X-Forwarded-For: 1.2.3.4\r\n");

    private final BothPaths nodes = BothPaths.shared();

    @Test
    void connectionWhenItsBytesAreRandomThenTheSameOnBothPaths() throws Exception {
        long before = nodes.fastPathCount(FAST_PATH);

        long connections = ParallelSearch.run("fuzz.seed", CALLERS, SEARCH, this::compare);

        log.info("{} connections", connections);
        // Otherwise the comparison would be one of the filter chain with itself.
        assertThat(nodes.fastPathCount(FAST_PATH) - before).isGreaterThan(connections / 3);
    }

    private void compare(long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = bytes(random);
        int split = random.nextInt(bytes.length);
        if (!sameOnBothPaths(bytes, split, SILENT_MILLIS) && !sameOnBothPaths(bytes, split, LONG_SILENCE_MILLIS)) {
            byte[] shortest = shrink(bytes);
            throw new AssertionError("-Dfuzz.seed=%d:\n%s\nfast path: %s\nfilter chain: %s"
                    .formatted(
                            seed,
                            new String(shortest, ISO_8859_1),
                            exchange(FAST_PATH, shortest, 0, LONG_SILENCE_MILLIS),
                            exchange(FILTER_CHAIN, shortest, 0, LONG_SILENCE_MILLIS)));
        }
    }

    private byte[] bytes(Random random) {
        StringBuilder text = new StringBuilder();
        for (int requests = 1 + random.nextInt(3); requests > 0; requests--) {
            RandomRequest request = RandomRequest.of(random);
            int line = request.head().indexOf('\n');
            String head = request.head().substring(0, line) + " HTTP/1.1\nHost: localhost:1\n"
                    + request.head().substring(line + 1) + "\n";
            text.append(head.replace("TOKEN", nodes.access()).replace("\n", "\r\n"))
                    .append(request.body());
        }
        String changed = random.nextInt(5) == 0 ? text.toString() : CHANGES.changed(text.toString(), random);
        // The first one may become a part of a damaged request.
        return (changed + LAST + LAST).getBytes(ISO_8859_1);
    }

    private boolean sameOnBothPaths(byte[] bytes, int split, int silentMillis) throws IOException {
        return exchange(FAST_PATH, bytes, split, silentMillis)
                .agreesWith(exchange(FILTER_CHAIN, bytes, split, silentMillis));
    }

    /** Tries again if responses may be lost, because the gateway closes the connection before it has read all. */
    private RawConversation exchange(RequestPath path, byte[] bytes, int split, int silentMillis) throws IOException {
        RawConversation conversation = RawConversation.of(nodes.port(path), bytes, split, silentMillis);
        for (int i = 0; i < MAX_ATTEMPTS && conversation.end().equals("reset"); i++) {
            conversation = RawConversation.of(nodes.port(path), bytes, split, silentMillis);
        }
        return conversation;
    }

    private byte[] shrink(byte[] bytes) {
        List<Byte> boxed = new ArrayList<>();
        for (byte one : bytes) {
            boxed.add(one);
        }
        return unboxed(Shrinking.shrink(boxed, SHRINKING_RUNS, shorter -> {
            try {
                return !shorter.isEmpty() && !sameOnBothPaths(unboxed(shorter), 0, SILENT_MILLIS);
            } catch (IOException e) {
                return false;
            }
        }));
    }

    private static byte[] unboxed(List<Byte> bytes) {
        byte[] unboxed = new byte[bytes.size()];
        for (int i = 0; i < unboxed.length; i++) {
            unboxed[i] = bytes.get(i);
        }
        return unboxed;
    }
}
