package io.portcullis.gateway;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Writes the frames of one peer of a WebSocket (RFC 6455 section 5.2), legal or not, one behind the other. */
final class WebSocketFrames {
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xa;

    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Random random;
    private final boolean masked;

    /** @param masked whether the frames have random masks, as those of a client must */
    WebSocketFrames(Random random, boolean masked) {
        this.random = random;
        this.masked = masked;
    }

    /** Adds a final frame. */
    @CanIgnoreReturnValue
    WebSocketFrames add(int opcode, byte[] payload) {
        return frame(FINAL | opcode, payload);
    }

    /** Adds a frame that others of its message follow. */
    @CanIgnoreReturnValue
    WebSocketFrames addPart(int opcode, byte[] payload) {
        return frame(opcode, payload);
    }

    /**
     * Adds a message in fragments.
     *
     * @param first the first byte of the first fragment without the bit of a final frame: reserved bits and opcode
     * @param size the length of the payload of each fragment but the last
     */
    @CanIgnoreReturnValue
    WebSocketFrames addFragments(int first, byte[] payload, int size) {
        for (int at = 0; at == 0 || at < payload.length; at += size) {
            int end = Math.min(payload.length, at + size);
            frame(
                    (at == 0 ? first : CONTINUATION) | (end == payload.length ? FINAL : 0),
                    Arrays.copyOfRange(payload, at, end));
        }
        return this;
    }

    /** Adds a close frame with a status, a number of 16 bits. */
    @CanIgnoreReturnValue
    WebSocketFrames addClose(int status, byte[] reason) {
        return add(
                CLOSE,
                ByteBuffer.allocate(Short.BYTES + reason.length)
                        .putShort((short) status)
                        .put(reason)
                        .array());
    }

    /** Adds a frame with this first byte: the bit of a final frame, reserved bits and opcode. */
    @CanIgnoreReturnValue
    WebSocketFrames frame(int first, byte[] payload) {
        int mask = masked ? MASKED : 0;
        ByteBuffer header = ByteBuffer.allocate(14).put((byte) first);
        if (payload.length < 126) {
            header.put((byte) (mask | payload.length));
        } else if (payload.length <= 0xffff) {
            header.put((byte) (mask | 126)).putShort((short) payload.length);
        } else {
            header.put((byte) (mask | 127)).putLong(payload.length);
        }
        byte[] content = payload.clone();
        if (masked) {
            byte[] key = new byte[4];
            random.nextBytes(key);
            header.put(key);
            for (int i = 0; i < content.length; i++) {
                content[i] ^= key[i % 4];
            }
        }
        written.write(header.array(), 0, header.position());
        written.write(content, 0, content.length);
        return this;
    }

    byte[] toBytes() {
        return written.toByteArray();
    }

    /** The borders of frames in bytes, read from their beginning: the start of the last complete frame, and the end of it. */
    record LastFrame(int start, int end) {
        static LastFrame in(byte[] bytes) {
            var last = new LastFrame(0, 0);
            for (int end = 0; end >= 0; end = endOfFrame(bytes, last.end)) {
                last = end == 0 ? last : new LastFrame(last.end, end);
            }
            return last;
        }

        /** Returns the index behind the frame, -1 if the frame is not complete. */
        private static int endOfFrame(byte[] bytes, int start) {
            ByteBuffer from = ByteBuffer.wrap(bytes, start, bytes.length - start);
            if (from.remaining() < 2) {
                return -1;
            }
            int second = from.get(start + 1) & 0xff;
            int shortLength = second & 0x7f;
            int header = 2 + (shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0);
            if (from.remaining() < header) {
                return -1;
            }
            long length = shortLength == 126
                    ? from.getShort(start + 2) & 0xffff
                    : shortLength == 127 ? from.getLong(start + 2) : shortLength;
            long end = start + header + (second >= MASKED ? 4 : 0) + length;
            return end > bytes.length ? -1 : (int) end;
        }

        /** Returns the payload without its mask. The frame must be short. */
        byte[] payload(byte[] bytes) {
            boolean masked = bytes[start + 1] < 0;
            byte[] payload = Arrays.copyOfRange(bytes, start + (masked ? 6 : 2), end);
            for (int i = 0; masked && i < payload.length; i++) {
                payload[i] ^= bytes[start + 2 + i % 4];
            }
            return payload;
        }
    }
}
